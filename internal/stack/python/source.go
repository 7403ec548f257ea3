package python

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
)

var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`(?:\.run|run_app|run_simple|serve)\((?:[^()]|\([^()]*\))*?\bport\s*=\s*(?:int\()?(?:os\.)?(?:getenv|environ\.get)\(\s*["']\w*PORT["']\s*,\s*["']?(\d{2,5})`),
	lazyregexp.New(`(?:\.run|run_app|run_simple|serve)\((?:[^()]|\([^()]*\))*?\bport\s*=\s*(\d{2,5})\b`),
	lazyregexp.New(`(?:getenv|environ\.get)\(\s*["']PORT["']\s*,\s*["']?(\d{2,5})`),
	lazyregexp.New(`(?:HTTPServer|TCPServer|make_server)\(\s*\(?\s*["'][^"']*["']\s*,\s*(\d{2,5})\b`),
	lazyregexp.New(`(?m)^\s*(?:PORT|SERVER_PORT|HTTP_PORT)\s*(?::\s*int\s*)?=\s*(\d{2,5})\b`),
	lazyregexp.New(`\.listen\(\s*(\d{2,5})\b`),
}
