package ready

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// outside says how programs are told to listen on all addresses: by what they
// print, else by the stack that the config names. The first that fits wins.
var outside = []struct {
	stack  string
	prints *lazyregexp.Regexp
	hint   string // %d is the port
}{
	{"vite", lazyregexp.New(`(?i)\bvite\b.*ready in|VITE v\d|use --host to expose`), "start Vite with `vite --host`, or set server.host to true in vite.config"},
	{"next", lazyregexp.New(`Next\.js \d|next dev`), "start Next with `next dev -H 0.0.0.0`"},
	{"angular", lazyregexp.New(`Angular Live Development Server|\bng serve\b`), "start Angular with `ng serve --host 0.0.0.0`"},
	{"django", lazyregexp.New(`Starting development server at http://127`), "start Django with `python manage.py runserver 0.0.0.0:%d`"},
	{"fastapi", lazyregexp.New(`Uvicorn running on`), "start uvicorn with `--host 0.0.0.0`"},
	{"gunicorn", lazyregexp.New(`\[INFO\] Listening at: `), "start gunicorn with `--bind 0.0.0.0:%d`"},
	{"flask", lazyregexp.New(`\* (Serving Flask app|Running on http://)`), "start Flask with `flask run --host=0.0.0.0`, or app.run(host=\"0.0.0.0\")"},
	{"cra", lazyregexp.New(`react-scripts start|webpack compiled|webpack-dev-server`), "set HOST=0.0.0.0 in the service's environment"},
	{"rails", lazyregexp.New(`\* Puma version|=> Booting Puma`), "start Rails with `rails server -b 0.0.0.0`"},
	{"python", lazyregexp.New(`Serving HTTP on 127`), "pass 0.0.0.0 as the address to listen on"},
	{"node", nil, "listen without naming an address, or on \"0.0.0.0\"; HOST=0.0.0.0 does it for many servers"},
}

// outsideHint says how the program of a service is told to listen on all
// addresses.
func outsideHint(p Probe, lines []string) string {
	fill := func(hint string) string {
		if strings.Contains(hint, "%d") {
			return fmt.Sprintf(hint, p.Target)
		}
		return hint
	}
	for _, way := range outside {
		for _, line := range lines {
			if way.prints != nil && way.prints.MatchString(line) {
				return fill(way.hint)
			}
		}
	}
	for _, way := range outside {
		if way.stack == p.Stack {
			return fill(way.hint)
		}
	}
	return "make it listen on 0.0.0.0; many servers take --host 0.0.0.0 or HOST=0.0.0.0"
}
