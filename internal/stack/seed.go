package stack

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// Seed fills a database with data to begin with.
type Seed struct {
	Command []string // in exec form; nil for none
	Once    bool     // it ends, and removes nothing, so that devup may run it once for a database
}

// clears is code or SQL that removes data.
var clears = lazyregexp.New(`(?i)\b(?:delete|remove|update)Many\s*\(|\btruncate\b|\bdrop(?:_all|Table|Collection|Database|Schema)?\b\s*[(\s]|\b(?:destroy|delete|update)_all\b|\bbulkDelete\b|\.del\(\)|\bdelete\s+from\b|\bsync\(\s*\{\s*force|\bdestroy\(\s*\{|\.remove\(\s*[{)]|\bmigrate:fresh\b|\b(?:objects|query)\b[^\n]*\.delete\(`)

// undoing is where the part of a seeder begins that takes its data back.
var undoing = lazyregexp.New(`(?m)^\s*(?:async\s+)?down\b|\bexports\.down\b`)

// OnceFrom is a seed with the files that it runs: it may run once where these exist and none
// of them removes data.
func OnceFrom(t *tree.Tree, command []string, files ...string) Seed {
	once := len(files) > 0
	for _, name := range files {
		text := t.Source(name).Text
		if at := undoing.FindStringIndex(text); at != nil {
			text = text[:at[0]]
		}
		once = once && text != "" && !clears.MatchString(text)
	}
	return Seed{Command: command, Once: once}
}

// FilesIn are the files of a directory of the repository with one of the endings.
func FilesIn(t *tree.Tree, dir string, endings ...string) []string {
	var all []string
	for _, name := range t.Directory(dir).Names {
		if slices.Contains(endings, path.Ext(name)) {
			all = append(all, path.Join(dir, name))
		}
	}
	return all
}

// HasCode says whether a text has more than comments, which begin with the mark.
func HasCode(text, mark string) bool { return strings.TrimSpace(tree.BlankComments(text, mark)) != "" }

// readmeSeed is a command of a README that fills a database, at the beginning of a line.
var readmeSeed = lazyregexp.New("(?m)^[\\s>$#*`-]*((?:python3?|node|npm run|yarn|pnpm|npx|flask|mix|go run|bundle exec|bin/rails|rails|php|\\./manage\\.py)\\s+[\\w./:@ -]*?(?:[Ss]eed|populate|loaddata|load_data|sample_?[dD]ata|fixtures)[\\w./:-]*)`?\\s*(?:#.*)?$")

// SeedIn is the command of a README that fills a database; nil for none.
func SeedIn(readme string) []string {
	m := readmeSeed.FindStringSubmatch(readme)
	if m == nil {
		return nil
	}
	return strings.Fields(m[1])
}
