package project

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/distribution/reference"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/symbol"
)

// What real repositories get wrong, and devup can put right without touching
// them. Everything done here is said in a Note.

// images drops the image name of a service that has a Dockerfile when the name
// is none, as "${DOCKER_USERNAME}/web" is when the variable is not set. The
// image then has the name that Compose gives to unnamed ones.
func (l *loading) images(p *Project) error {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if s.Image == "" {
			continue
		}
		_, err := reference.ParseDockerRef(s.Image)
		if err == nil {
			continue
		}
		why, where, hint := l.emptyIn([]string{"services", name, "image"})
		if s.Build == nil {
			e := composefile.Failure(err, l.set.Files, []string{"services", name, "image"}, "service %s: %q is not an image name%s", name, s.Image, why)
			return composefile.WithHint(e, cmp.Or(hint, imageHint(s.Image)))
		}
		l.notes = append(l.notes, fmt.Sprintf("%s: the image name %q is invalid%s, so the image is called %s", name, s.Image, why+where, p.Name+"-"+name))
		s.Image = ""
		p.Services[name] = s
	}
	return nil
}

// imageHint says what is wrong with the name of an image, where that is known.
func imageHint(image string) string {
	switch {
	case strings.ToLower(image) != image:
		return "it must be lower case: " + strings.ToLower(image)
	case strings.ContainsAny(image, " \t"):
		return "it has a space in it; the tag stands after a colon: nginx:latest"
	default:
		return "for example nginx:1.29 or ghcr.io/owner/name:tag"
	}
}

// emptyIn says which variables made the text at the keys what it is by being empty or
// not set, where, and how to set them; all are empty when there is none.
func (l *loading) emptyIn(keys []string) (why, where, hint string) {
	files := composefile.WithIncluded(l.set.Files)
	node := composefile.Target(composefile.NodeAt(files, keys))
	if node == nil {
		return "", "", ""
	}
	var empty []string
	for _, name := range composefile.NamesIn(node.Value) {
		if l.set.Env[name] == "" && !symbol.Symbolic(name) {
			empty = append(empty, name)
		}
	}
	if len(empty) == 0 {
		return "", "", ""
	}
	file, line := composefile.Locate(files, keys...)
	verb := "is"
	if len(empty) > 1 {
		verb = "are"
	}
	why = fmt.Sprintf(", because %s %s empty", strings.Join(empty, " and "), verb)
	return why, fmt.Sprintf(" (%s:%d)", filepath.Base(file), line), fmt.Sprintf("set it in the environment or in .env next to the file: %s=…", empty[0])
}

// symbols is the environment in which env files are read: the user's, and
// tokens for the variables that are known to get a value.
func (l *loading) symbols(p *Project) types.Mapping {
	env := maps.Clone(p.Environment)
	set := func(name string) {
		if _, ok := env[name]; !ok {
			env[name] = symbol.Token(name)
		}
	}
	for _, name := range symbol.CloudVariables {
		set(name)
	}
	for _, name := range []string{symbol.OriginsName, symbol.UIDName, symbol.GIDName} {
		set(name)
	}
	for service := range p.PrimaryPorts(nil) {
		set(symbol.URLPrefix + service)
		set(symbol.WSPrefix + service)
		set(symbol.PortPrefix + service)
	}
	return env
}

// keepNodeModules keeps the node_modules of the image visible where the config
// mounts a directory over it that has a package.json and no node_modules: no one
// ran npm install on the host, and devup makes that needless.
func (l *loading) keepNodeModules(p *Project) {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if s.Build == nil || !installsModules(s.Build) {
			continue
		}
		for _, mount := range s.Volumes {
			target := path.Join(mount.Target, "node_modules")
			if mount.Type != types.VolumeTypeBind || mountedAt(s, target) || !lacksModules(mount.Source) {
				continue
			}
			if p.kept == nil {
				p.kept = map[string]int{}
			}
			p.kept[name]++
			s.Volumes = append(s.Volumes, types.ServiceVolumeConfig{
				Type:   types.VolumeTypeVolume,
				Target: target,
				Volume: &types.ServiceVolumeVolume{},
			})
			l.notes = append(l.notes, fmt.Sprintf("%s: %s comes from the image, because the directory mounted there has none", name, target))
		}
		p.Services[name] = s
	}
}

func mountedAt(s types.ServiceConfig, target string) bool {
	for _, v := range s.Volumes {
		if path.Clean(v.Target) == target {
			return true
		}
	}
	for _, t := range s.Tmpfs {
		if path.Clean(t) == target {
			return true
		}
	}
	return false
}

// packageManager is what puts node_modules into an image.
var packageManager = lazyregexp.New(`\b(?:npm|yarn|pnpm|bun|node_modules)\b`)

// installsModules tells whether an image can have node_modules: a Python service
// next to a package.json has none. What cannot be read may have some.
func installsModules(b *types.BuildConfig) bool {
	text := dockerfileText(b)
	return text == "" || packageManager.MatchString(text)
}

// lacksModules tells whether a package has nothing installed. What an earlier run
// made as the mount point is an empty directory, and a cache in it is no package.
func lacksModules(directory string) bool {
	if _, err := os.Stat(filepath.Join(directory, "package.json")); err != nil {
		return false
	}
	entries, err := os.ReadDir(filepath.Join(directory, "node_modules"))
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !strings.HasPrefix(e.Name(), ".") })
}
