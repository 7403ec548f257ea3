package node

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

var packageImports = lazyregexp.New(`(?:\bfrom|\brequire\(|\bimport\(?)\s*["']((?:@[\w.-]+/)?[\w.-]+)`)

// packagesIn are the packages that a source imports.
func packagesIn(source tree.File) []string {
	var names []string
	for _, match := range packageImports.FindAllStringSubmatch(source.Text, -1) {
		names = append(names, match[1])
	}
	return names
}

// endings are those of source files.
var endings = []string{".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte", ".astro"}

var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`process\.env\.(?:\w+_)?PORT\s*\)?\s*(?:\|\||\?\?|\?\s*[\w.()]+\s*:)\s*["'` + "`" + `]?(\d{2,5})\b`),
	lazyregexp.New(`process\.env\[["'](?:\w+_)?PORT["']\]\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`\{[^}]*\bPORT\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b[^}]*\}\s*=\s*process\.env`),
	// zod, Joi and envalid, as in `PORT: z.coerce.number().default(3000)`.
	lazyregexp.New(`\b(?:\w+_)?PORT["']?\s*:\s*(?:z|[Jj]oi|port|num)\b[^\n]*?\bdefault(?:\(|\s*:)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(?:\{\s*port:\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`\bserve\s*\(\s*(?:[\w.]+\s*,\s*)?\{[^{}]*?\bport\s*:\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(?:\{\s*port:\s*)?[\w.]+\s*(?:\|\||\?\?)\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?:const|let|var)\s+(?i:(?:server_?|http_?)?port)\s*(?::\s*\w+\s*)?=\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`(?i)\.set\(\s*["']port["']\s*,\s*(?:[\w.]+\s*(?:\|\||\?\?)\s*)?["']?(\d{2,5})\b`),
	lazyregexp.New(`\bexport\s+default\s*\{[^{}]*?\bport\s*:\s*["']?(\d{2,5})\b`),
	lazyregexp.New(`normalizePort\([^)]*?["']?(\d{2,5})\b`),
}
