package project

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// MissingEnvFile is an env_file that is not there: they hold secrets, so repositories
// rarely have them.
type MissingEnvFile struct {
	Services []string // that name it, sorted
	File     string   // as seen from the project's directory, with slashes
	Example  string   // a file next to it that shows what belongs in it, or empty
	Keys     []string // variables that the example has or, without one, that the services' sources read, and nothing sets, sorted; empty when nothing is known
	Injected []string // what devup sets in its place: "API_URL to the URL of api"
}

// String is the sentence for users about a file that was left out.
func (m MissingEnvFile) String() string {
	text := fmt.Sprintf("%s: the env_file %s does not exist and is left out", strings.Join(m.Services, ", "), m.File)
	keys := shortList(m.Keys, 10)
	switch {
	case m.Example != "" && keys != "":
		text += fmt.Sprintf("; %s shows what belongs in it: %s", m.Example, keys)
	case m.Example != "":
		text += fmt.Sprintf("; %s shows what belongs in it", m.Example)
	case keys != "":
		text += "; the sources read " + keys
	}
	if len(m.Injected) > 0 {
		text += "; devup sets " + strings.Join(m.Injected, " and ")
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
		shown = composefile.EnvFileKeys(example)
	}
	known := map[string]bool{}
	for _, name := range services {
		read := readBySources(p.Services[name].Build)
		m.Injected = append(m.Injected, injectURLs(p, name, slices.Concat(read, shown))...)
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
// ending, or a usual name next to it.
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

// The look into sources is bounded: it is only made where an env file is missing, but then
// at every start.
const (
	mostDirectories = 1000
	mostSources     = 400
	mostOfASource   = 128 << 10
	mostOfAll       = 4 << 20
)

var (
	sourceNames = lazyregexp.New(`\.(?:py|js|mjs|cjs|ts|mts|jsx|tsx|vue|svelte|rb|go|php|java|kt|rs)$`)
	// besideSource is what does not run with the service: its tests, and bundles.
	besideSource = lazyregexp.New(`(?:^test_|[._-]test\.|\.spec\.|\.min\.|\.d\.ts$)`)
	// readVariable is how programs read a variable of the environment.
	readVariable = lazyregexp.New(`(?:os\.environ(?:\.get\(|\[)|os\.getenv\(|\bgetenv\(|os\.Getenv\(|System\.getenv\(|env::var\(|process\.env\[|ENV(?:\.fetch\(|\[))\s*["']([A-Z][A-Z0-9_]*)["']` +
		`|(?:process|import\.meta)\.env\.([A-Z][A-Z0-9_]*)`)
	// everywhere are variables that a container has without an env file.
	everywhere = []string{"PATH", "HOME", "USER", "HOSTNAME", "PWD", "NODE_ENV", "TZ", "LANG", "TERM"}
	// unread are directories that hold what package managers and builds write, or tests. Those
	// whose name starts with a dot are not read either.
	unread = []string{
		"node_modules", "bower_components", "site-packages", "__pycache__", "vendor",
		"dist", "build", "out", "target", "coverage", "cdk.out", "test", "tests", "__tests__", "e2e", "cypress", "spec",
	}
)

// readBySources lists the variables that the sources in a build's context read from the
// environment.
func readBySources(b *types.BuildConfig) []string {
	if b == nil || !filepath.IsAbs(b.Context) {
		return nil
	}
	found := map[string]bool{}
	read := 0
	for _, file := range sourcesBelow(b.Context) {
		text := beginning(file)
		if read += len(text); read > mostOfAll {
			break
		}
		for _, m := range readVariable.FindAllStringSubmatch(text, -1) {
			if key := m[1] + m[2]; !slices.Contains(everywhere, key) {
				found[key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// sourcesBelow are the source files in a directory and those under it that users wrote, the
// nearest first. What cannot be read has none.
func sourcesBelow(root string) []string {
	var files []string
	directories := []string{root}
	for i := 0; i < len(directories) && i < mostDirectories; i++ {
		entries, err := os.ReadDir(directories[i])
		virtualenv := func(e os.DirEntry) bool { return e.Name() == "pyvenv.cfg" }
		if err != nil || i > 0 && slices.ContainsFunc(entries, virtualenv) {
			continue
		}
		for _, entry := range entries {
			name := entry.Name()
			switch path := filepath.Join(directories[i], name); {
			case entry.IsDir() && !strings.HasPrefix(name, ".") && !slices.Contains(unread, name):
				directories = append(directories, path)
			case entry.Type().IsRegular() && sourceNames.MatchString(name) && !besideSource.MatchString(name):
				files = append(files, path)
			}
			if len(files) == mostSources {
				return files
			}
		}
	}
	return files
}

// beginning is the first part of a file, empty where it cannot be read.
func beginning(file string) string {
	f, err := untrusted.Open(file)
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
