package runfiles

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	fence = lazyregexp.New("^\\s*(?:[-*+]\\s+|\\d+\\.\\s+)?(```+|~~~+)")
	// setting is a line of an env file as people show it: names in capitals, so that code is none.
	setting = lazyregexp.New(`^\s*(?:export\s+)?[A-Z][A-Z0-9_]*\s*=`)
)

// maxBlocks bounds the blocks of one text that are read.
const maxBlocks = 50

// EnvBlocksIn are the blocks of a README that show what belongs in an env file, each line of them
// NAME=value. Nothing loads them.
func EnvBlocksIn(t *tree.Tree, name string) []EnvFile {
	var found []EnvFile
	lines := strings.Split(t.Text(name), "\n")
	for i := 0; i < len(lines) && len(found) < maxBlocks; i++ {
		open := fence.FindStringSubmatch(lines[i])
		if open == nil {
			continue
		}
		from := i + 1
		for i++; i < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[i]), open[1]); i++ {
		}
		if i < len(lines) && showsSettings(lines[from:i]) {
			block := strings.Repeat("\n", from) + strings.Join(lines[from:i], "\n")
			env := parseEnv(path.Clean(name), tree.BlankComments(block, "#"))
			env.Loaded = false
			found = append(found, env)
		}
	}
	return found
}

// showsSettings says whether lines are of an env file: each but a comment sets a variable.
func showsSettings(lines []string) bool {
	some := false
	for _, line := range lines {
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case !setting.MatchString(line):
			return false
		default:
			some = true
		}
	}
	return some
}
