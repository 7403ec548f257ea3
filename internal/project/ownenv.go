package project

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/symbol"
)

// The env files that a service reads from its own directory, without Compose knowing of
// them: Create React App, Vite, Next and dotenv do. To all of them a variable of the
// process goes before the file's, so that a URL in such a file can be put right from
// outside, and only then is the variable set for the container.

// OwnVariable is a variable of such a file.
type OwnVariable struct {
	Name, Value string // the value may hold tokens, also of variables that no one knows
	File        string // as seen from the project's directory, with slashes
	Built       bool   // the image was built with it, and nothing reads it at run time
}

// OwnEnv are the variables of the env files that a service reads from its own directory.
func (p *Project) OwnEnv(service string) []OwnVariable { return p.own[service] }

var (
	// readsEnvFiles is what shows in a manifest that something reads .env.
	readsEnvFiles = lazyregexp.New(`(?i)react-scripts|"(?:vite|next|nuxt|astro|gatsby|@sveltejs/kit|@vue/cli-service)"|dotenv|--env-file|environs|decouple|pydantic[-_]settings|django-environ|laravel/framework|symfony/`)
	// localAbove shows a framework to which .env.development goes before .env.local.
	localAbove = lazyregexp.New(`"(?:vite|nuxt|astro|@sveltejs/kit)"`)
	manifests  = []string{"package.json", "requirements.txt", "pyproject.toml", "Pipfile", "Gemfile", "composer.json"}
)

// readOwnEnv reads the env files in the services' own directories. What cannot be read is
// left to the service, which will say so.
func readOwnEnv(p *Project) {
	p.own = map[string][]OwnVariable{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		found := map[string]OwnVariable{}
		for _, directory := range directoriesOf(s, p.WorkingDir) {
			for _, v := range ownEnvOf(directory, p.WorkingDir) {
				if _, known := found[v.Name]; !known {
					found[v.Name] = v
				}
			}
		}
		if len(found) == 0 {
			continue
		}
		built, dockerfile := servesFiles(s.Build), dockerfileText(s.Build)
		for _, key := range slices.Sorted(maps.Keys(found)) {
			if strings.Contains(dockerfile, key) {
				continue // the image has its own value, or takes it as an argument
			}
			v := found[key]
			v.Built = built
			p.own[name] = append(p.own[name], v)
		}
	}
}

// ownEnvOf are the variables of a directory's env files as a development server has them.
func ownEnvOf(directory, root string) []OwnVariable {
	names := []string{".env", ".env.development", ".env.local", ".env.development.local"} // the last goes before
	if !slices.ContainsFunc(names, func(name string) bool { return isFile(filepath.Join(directory, name)) }) {
		return nil
	}
	var texts strings.Builder
	for _, name := range manifests {
		texts.WriteString(beginning(filepath.Join(directory, name)))
	}
	switch manifest := texts.String(); {
	case !readsEnvFiles.MatchString(manifest):
		return nil
	case localAbove.MatchString(manifest):
		names[1], names[2] = names[2], names[1]
	}
	found := map[string]OwnVariable{}
	for _, name := range names {
		file := filepath.Join(directory, name)
		if !isFile(file) {
			continue
		}
		shown := name
		if rel, err := filepath.Rel(root, file); err == nil {
			shown = filepath.ToSlash(rel)
		}
		for key, value := range openValues(beginning(file)) {
			found[key] = OwnVariable{Name: key, Value: value, File: shown}
		}
	}
	return slices.Collect(maps.Values(found))
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// openValues reads an env file. Variables that its values refer to and that it does not
// set become tokens.
func openValues(text string) map[string]string {
	set, err := composefile.ReadVariables("", []byte(text), symbol.NoValue)
	if err != nil {
		return nil
	}
	values, err := composefile.ReadVariables("", []byte(text), func(name string) (string, bool) {
		_, known := set[name]
		return symbol.Token(name), !known
	})
	if err != nil {
		return nil
	}
	return values
}
