package project

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The look into sources is bounded: it is only made where an env file is missing, but then
// at every start.
const (
	mostFolders   = 1000
	mostSources   = 400
	mostOfASource = 128 << 10
	mostOfAll     = 4 << 20
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
	// unread are folders that hold what package managers and builds write, or tests. Those
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
	return sortedKeys(found)
}

// sourcesBelow are the source files in a folder and those under it that people wrote, the
// nearest first. What cannot be read has none.
func sourcesBelow(root string) []string {
	var files []string
	folders := []string{root}
	for i := 0; i < len(folders) && i < mostFolders; i++ {
		entries, err := os.ReadDir(folders[i])
		virtualenv := func(e os.DirEntry) bool { return e.Name() == "pyvenv.cfg" }
		if err != nil || i > 0 && slices.ContainsFunc(entries, virtualenv) {
			continue
		}
		for _, entry := range entries {
			name := entry.Name()
			switch path := filepath.Join(folders[i], name); {
			case entry.IsDir() && !strings.HasPrefix(name, ".") && !slices.Contains(unread, name):
				folders = append(folders, path)
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
