package project

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// MissingEnvFile is an env_file that is not there: they hold secrets, so repositories
// rarely have them.
type MissingEnvFile struct {
	Services []string // that name it, sorted
	File     string   // as seen from the project's folder, with slashes
	Example  string   // a file beside it that shows what belongs in it, or empty
	Keys     []string // variables that the example has or, without one, that the services' sources read, sorted; empty when nothing is known
}

// String is the sentence for people about a file that was left out.
func (m MissingEnvFile) String() string {
	text := fmt.Sprintf("%s: the env_file %s is not there and is left out", strings.Join(m.Services, ", "), m.File)
	keys := shortList(m.Keys, 10)
	switch {
	case m.Example != "" && keys != "":
		return text + fmt.Sprintf("; %s shows what belongs in it: %s", m.Example, keys)
	case m.Example != "":
		return text + fmt.Sprintf("; %s shows what belongs in it", m.Example)
	case keys != "":
		return text + "; the sources read " + keys
	default:
		return text
	}
}

// shortList joins words and counts those beyond a limit.
func shortList(words []string, limit int) string {
	if len(words) > limit {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:limit], ", "), len(words)-limit)
	}
	return strings.Join(words, ", ")
}

// missingEnvFile finds out what can be known about a file that is not there.
func (l *loading) missingEnvFile(p *Project, services []string, file string) MissingEnvFile {
	m := MissingEnvFile{Services: services, File: file}
	if rel, err := filepath.Rel(l.root, file); err == nil && !strings.HasPrefix(rel, filepath.Join("..", "..")) {
		m.File = filepath.ToSlash(rel)
	}
	set := map[string]bool{}
	keys := map[string]bool{}
	for _, name := range services {
		s := p.Services[name]
		for key := range s.Environment {
			set[key] = true
		}
	}
	if example := exampleOf(file); example != "" {
		m.Example = filepath.ToSlash(filepath.Join(filepath.Dir(m.File), filepath.Base(example)))
		for _, key := range keysOf(example) {
			keys[key] = true
		}
	} else {
		for _, name := range services {
			for _, key := range readBySources(p.Services[name].Build) {
				keys[key] = true
			}
		}
	}
	for _, key := range sortedKeys(keys) {
		if !set[key] {
			m.Keys = append(m.Keys, key)
		}
	}
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
	content, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	values, err := dotenv.ParseWithLookup(bytes.NewReader(content), func(string) (string, bool) { return "", false })
	if err != nil {
		return nil
	}
	return sortedKeys(values)
}

// The look into sources is bounded: it is only made where a file is missing, but then at
// every start.
const (
	mostSources   = 100
	mostOfASource = 128 << 10
)

var (
	sourceNames = lazyregexp.New(`\.(?:py|js|mjs|cjs|ts|jsx|tsx|rb|go|php|java|kt|rs)$`)
	// readVariable is how programs read a variable of the environment.
	readVariable = lazyregexp.New(`(?:os\.environ(?:\.get\(|\[)|os\.getenv\(|\bgetenv\(|os\.Getenv\(|System\.getenv\(|env::var\(|process\.env\[|ENV(?:\.fetch\(|\[))\s*["']([A-Z][A-Z0-9_]*)["']` +
		`|(?:process|import\.meta)\.env\.([A-Z][A-Z0-9_]*)`)
	// everywhere are variables that a container has without an env file.
	everywhere = []string{"PATH", "HOME", "USER", "HOSTNAME", "PWD", "NODE_ENV", "TZ", "LANG", "TERM"}
)

// readBySources lists the variables that the sources at the top of a build's context, and
// in its src and app folders, read from the environment.
func readBySources(b *types.BuildConfig) []string {
	if b == nil || !filepath.IsAbs(b.Context) {
		return nil
	}
	found := map[string]bool{}
	left := mostSources
	for _, folder := range []string{".", "src", "app"} {
		entries, err := os.ReadDir(filepath.Join(b.Context, folder))
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if !entry.Type().IsRegular() || !sourceNames.MatchString(entry.Name()) || left == 0 {
				continue
			}
			left--
			for _, m := range readVariable.FindAllStringSubmatch(beginning(filepath.Join(b.Context, folder, entry.Name())), -1) {
				if key := m[1] + m[2]; !slices.Contains(everywhere, key) {
					found[key] = true
				}
			}
		}
	}
	return sortedKeys(found)
}

// beginning is the first part of a file, empty where it cannot be read.
func beginning(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, mostOfASource))
	if err != nil {
		return ""
	}
	return string(content)
}
