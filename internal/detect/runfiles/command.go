package runfiles

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var portFlags = lazyregexp.New(
	`(?:^|\s)(--port|-p|--http-port|-b|--bind)[= ]+["']?(?:[\w.\[\]*-]*:)?(\d{2,5})\b` +
		`|(?:^|\s)((?:FLASK_RUN_|SERVER_)?PORT)=["']?(\d{2,5})\b` +
		`|runserver\s+(?:[\w.\[\]]+:)?(\d{2,5})\b` +
		`|http\.server\s+(\d{2,5})\b`)

// PortOfCommand is the port that a command line sets, with the words that do.
func PortOfCommand(command string) (port int, text string, found bool) {
	match := portFlags.FindStringSubmatch(command)
	if match == nil {
		return 0, "", false
	}
	for _, group := range []int{2, 4, 5, 6} {
		if n, ok := stack.PortNumber(match[group]); ok {
			return n, strings.Join(strings.Fields(match[0]), " "), true
		}
	}
	return 0, "", false
}
