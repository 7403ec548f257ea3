package project

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// The env files that a service reads from its own folder, without Compose knowing of
// them: Create React App, Vite, Next and dotenv do. To all of them a variable of the
// process goes before the file's, so that a URL in such a file can be put right from
// outside, and only then is the variable set for the container.

// ownVariable is a variable of such a file.
type ownVariable struct {
	name, value string // the value may hold tokens, also of variables that nobody knows
	file        string // as seen from the project's folder, with slashes
	built       bool   // the image was built with it, and nothing reads it at run time
}

var (
	// readsEnvFiles is what shows in a manifest that something reads .env.
	readsEnvFiles = lazyregexp.New(`(?i)react-scripts|"(?:vite|next|nuxt|astro|gatsby|@sveltejs/kit|@vue/cli-service)"|dotenv|--env-file|environs|decouple|pydantic[-_]settings|django-environ|laravel/framework|symfony/`)
	// localAbove shows a framework to which .env.development goes before .env.local.
	localAbove = lazyregexp.New(`"(?:vite|nuxt|astro|@sveltejs/kit)"`)
	manifests  = []string{"package.json", "requirements.txt", "pyproject.toml", "Pipfile", "Gemfile", "composer.json"}
)

// readOwnEnv reads the env files in the services' own folders. What cannot be read is
// left to the service, which will say so.
func readOwnEnv(p *Project) {
	p.own = map[string][]ownVariable{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		found := map[string]ownVariable{}
		for _, folder := range foldersOf(s, p.WorkingDir) {
			for _, v := range ownEnvOf(folder, p.WorkingDir) {
				if _, known := found[v.name]; !known {
					found[v.name] = v
				}
			}
		}
		if len(found) == 0 {
			continue
		}
		built, dockerfile := servesFiles(s.Build), dockerfileText(s.Build)
		for _, key := range sortedKeys(found) {
			if strings.Contains(dockerfile, key) {
				continue // the image has its own value, or takes it as an argument
			}
			v := found[key]
			v.built = built
			p.own[name] = append(p.own[name], v)
		}
	}
}

// ownEnvOf are the variables of a folder's env files as a development server has them.
func ownEnvOf(folder, root string) []ownVariable {
	names := []string{".env", ".env.development", ".env.local", ".env.development.local"} // the last goes before
	if !slices.ContainsFunc(names, func(name string) bool { return isFile(filepath.Join(folder, name)) }) {
		return nil
	}
	var texts strings.Builder
	for _, name := range manifests {
		texts.WriteString(beginning(filepath.Join(folder, name)))
	}
	switch manifest := texts.String(); {
	case !readsEnvFiles.MatchString(manifest):
		return nil
	case localAbove.MatchString(manifest):
		names[1], names[2] = names[2], names[1]
	}
	found := map[string]ownVariable{}
	for _, name := range names {
		file := filepath.Join(folder, name)
		if !isFile(file) {
			continue
		}
		shown := name
		if rel, err := filepath.Rel(root, file); err == nil {
			shown = filepath.ToSlash(rel)
		}
		for key, value := range openValues(beginning(file)) {
			found[key] = ownVariable{name: key, value: value, file: shown}
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
	set, err := variables("", []byte(text), unset)
	if err != nil {
		return nil
	}
	values, err := variables("", []byte(text), func(name string) (string, bool) {
		_, known := set[name]
		return token(name, plain, ""), !known
	})
	if err != nil {
		return nil
	}
	return values
}

// ownEnv sets the variables of a service's own env files whose URLs are others here.
func (r *resolver) ownEnv(s *types.ServiceConfig, before types.ServiceConfig) {
	for _, v := range r.project.own[s.Name] {
		if _, set := s.Environment[v.name]; set {
			continue
		}
		text, urls := r.urls(before, v.name, v.value)
		known := !slices.ContainsFunc(bareNames(text), func(name string) bool { _, ok := r.value(name); return !ok })
		if len(urls) == 0 || !known {
			continue
		}
		if v.built {
			r.notes = append(r.notes, fmt.Sprintf("%s: %s in %s is built into the image and stays as it is: add `ARG %s` to the Dockerfile, and %s under args of build",
				s.Name, v.name, v.file, v.name, v.name))
			continue
		}
		filled := fill(text, r.value)
		if s.Environment == nil {
			s.Environment = types.MappingWithEquals{}
		}
		s.Environment[v.name] = &filled
		r.notes = append(r.notes, fmt.Sprintf("%s: %s in %s is resolved to %s", s.Name, v.name, v.file, strings.Join(urls, " and ")))
	}
}
