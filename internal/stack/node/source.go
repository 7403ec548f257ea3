package node

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// endings are those of source files.
var endings = []string{".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"}

var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`process\.env\.(?:\w+_)?PORT\s*(?:\|\||\?\?|\?\s*[\w.()]+\s*:)\s*["'` + "`" + `]?(\d{2,5})\b`),
	lazyregexp.New(`process\.env\[["'](?:\w+_)?PORT["']\]\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`\{[^}]*\bPORT\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b[^}]*\}\s*=\s*process\.env`),
	lazyregexp.New(`\.listen\(\s*(?:\{\s*port:\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(?:\{\s*port:\s*)?[\w.]+\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?:const|let|var)\s+(?i:(?:server_?|http_?)?port)\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?i)\.set\(\s*["']port["']\s*,\s*(?:[\w.]+\s*(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`normalizePort\([^)]*?["']?(\d{2,5})\b`),
}

var (
	processReads = lazyregexp.New(`\bprocess\.env(?:\??\.([A-Za-z_]\w*)|\[["']([A-Za-z_]\w*)["']\])(\s*=[^=>])?(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	metaReads    = lazyregexp.New(`\bimport\.meta\.env(?:\??\.([A-Za-z_]\w*)|\[["']([A-Za-z_]\w*)["']\])()(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	takes        = lazyregexp.New(`(?:const|let|var)\s*\{([^{}]*)\}\s*=\s*(?:process|import\.meta)\.env\b`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	for _, pattern := range []*lazyregexp.Regexp{processReads, metaReads} {
		for _, match := range pattern.FindAllStringSubmatchIndex(text, -1) {
			if name := stack.Group(text, match, 1) + stack.Group(text, match, 2); stack.Group(text, match, 3) == "" { // no assignment
				found = append(found, stack.Use{Name: name, Value: stack.Group(text, match, 5), Set: match[8] >= 0, Where: source.At(match[0], name)})
			}
		}
	}
	for _, match := range takes.FindAllStringSubmatchIndex(text, -1) {
		for item := range strings.SplitSeq(stack.Group(text, match, 1), ",") {
			name, fallback, set := strings.Cut(item, "=")
			name, _, _ = strings.Cut(name, ":")
			if name = strings.TrimSpace(name); variableName.MatchString(name) {
				found = append(found, stack.Use{Name: name, Value: strings.Trim(strings.TrimSpace(fallback), `"'`), Set: set, Where: source.At(match[0], name)})
			}
		}
	}
	return found
}

var variableName = lazyregexp.New(`^[A-Z_][A-Z0-9_]*$`)
