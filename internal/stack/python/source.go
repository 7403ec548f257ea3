package python

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`(?:\.run|run_app|run_simple|serve)\((?:[^()]|\([^()]*\))*?\bport\s*=\s*(?:int\()?(?:os\.)?(?:getenv|environ\.get)\(\s*["']\w*PORT["']\s*,\s*["']?(\d{2,5})`),
	lazyregexp.New(`(?:\.run|run_app|run_simple|serve)\((?:[^()]|\([^()]*\))*?\bport\s*=\s*(\d{2,5})\b`),
	lazyregexp.New(`(?:getenv|environ\.get)\(\s*["']PORT["']\s*,\s*["']?(\d{2,5})`),
	lazyregexp.New(`(?:HTTPServer|TCPServer|make_server)\(\s*\(?\s*["'][^"']*["']\s*,\s*(\d{2,5})\b`),
	lazyregexp.New(`(?m)^\s*(?:PORT|SERVER_PORT|HTTP_PORT)\s*(?::\s*int\s*)?=\s*(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(\d{2,5})\b`),
}

var (
	reads = lazyregexp.New(`\b(?:getenv|environ\.get|env(?:\.(?:str|int|bool|list|url))?|config)\(\s*["']([A-Z][A-Z0-9_]*)["']\s*(,\s*(?:default\s*=\s*)?(?:["']([^"']*)["'])?)?`)
	takes = lazyregexp.New(`\benviron\[\s*["']([A-Za-z_]\w*)["']\s*\]([ \t]*=[^=])?`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	for _, match := range reads.FindAllStringSubmatchIndex(text, -1) {
		name := stack.Group(text, match, 1)
		fallback := strings.TrimSpace(stack.Group(text, match, 2))
		isNone := strings.HasPrefix(strings.TrimSpace(text[match[1]:min(len(text), match[1]+4)]), "None")
		found = append(found, stack.Use{Name: name, Value: stack.Group(text, match, 3), Set: fallback != "" && !isNone, Where: source.At(match[0], name)})
	}
	for _, match := range takes.FindAllStringSubmatchIndex(text, -1) {
		if name := stack.Group(text, match, 1); match[4] < 0 { // an assignment sets it
			found = append(found, stack.Use{Name: name, Where: source.At(match[0], name)})
		}
	}
	return found
}
