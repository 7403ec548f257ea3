package project

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// MissingEnvFile is an env_file that is not there: they hold secrets, so repositories
// rarely have them.
type MissingEnvFile struct {
	Services []string // that name it, sorted
	File     string   // as seen from the project's folder, with slashes
	Example  string   // a file beside it that shows what belongs in it, or empty
	Keys     []string // variables that the example has or, without one, that the services' sources read, and nothing sets, sorted; empty when nothing is known
	Wired    []string // what devup sets in its place: "API_URL to the URL of api"
}

// String is the sentence for people about a file that was left out.
func (m MissingEnvFile) String() string {
	text := fmt.Sprintf("%s: the env_file %s is not there and is left out", strings.Join(m.Services, ", "), m.File)
	keys := shortList(m.Keys, 10)
	switch {
	case m.Example != "" && keys != "":
		text += fmt.Sprintf("; %s shows what belongs in it: %s", m.Example, keys)
	case m.Example != "":
		text += fmt.Sprintf("; %s shows what belongs in it", m.Example)
	case keys != "":
		text += "; the sources read " + keys
	}
	if len(m.Wired) > 0 {
		text += "; devup sets " + strings.Join(m.Wired, " and ")
	}
	return text
}

// shortList joins words and counts those beyond a limit.
func shortList(words []string, limit int) string {
	if len(words) > limit {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:limit], ", "), len(words)-limit)
	}
	return strings.Join(words, ", ")
}

// missingEnvFile finds out what can be known about a file that is not there, and gives
// the services the URLs of each other that it would have set.
func (l *loading) missingEnvFile(p *Project, services []string, file string) MissingEnvFile {
	m := MissingEnvFile{Services: services, File: file}
	if rel, err := filepath.Rel(l.Dir, file); err == nil && !strings.HasPrefix(rel, filepath.Join("..", "..")) {
		m.File = filepath.ToSlash(rel)
	}
	var shown []string
	if example := exampleOf(file); example != "" {
		m.Example = filepath.ToSlash(filepath.Join(filepath.Dir(m.File), filepath.Base(example)))
		shown = keysOf(example)
	}
	known := map[string]bool{}
	for _, name := range services {
		read := readBySources(p.Services[name].Build)
		m.Wired = append(m.Wired, p.wire(name, slices.Concat(read, shown))...)
		if m.Example == "" {
			shown = append(shown, read...)
		}
		for key := range p.Services[name].Environment {
			known[key] = true
		}
	}
	for _, key := range shown {
		if !known[key] {
			known[key] = true
			m.Keys = append(m.Keys, key)
		}
	}
	slices.Sort(m.Keys)
	return m
}

// exampleOf is the file that shows what an env file should hold: its name with a usual
// ending, or a usual name beside it.
func exampleOf(file string) string {
	var names []string
	for _, suffix := range []string{".example", ".sample", ".template", ".dist"} {
		names = append(names, file+suffix)
	}
	for _, name := range []string{".env.example", "env.example", "example.env", ".env.sample", ".env.template", ".env.dist"} {
		names = append(names, filepath.Join(filepath.Dir(file), name))
	}
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			return name
		}
	}
	return ""
}

// keysOf lists the variables of an env file, none where it cannot be read.
func keysOf(file string) []string {
	content, err := untrusted.ReadFile(file, maxEnvFile)
	if err != nil {
		return nil
	}
	values, err := variables(file, content, unset)
	if err != nil {
		return nil
	}
	return sortedKeys(values)
}
