package detect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/detect/localcall"
	"github.com/devup-cli/devup/internal/tree"
)

// TestCallsIn: the addresses on this machine in a source that no variable decides.
func TestCallsIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"fetch('http://localhost:5000/api')":                             "http://localhost:5000:1",
		"\nnew WebSocket(`ws://127.0.0.1:81`); x('https://0.0.0.0:443')": "ws://127.0.0.1:81:2 https://0.0.0.0:443:2",
		"process.env.X || 'http://localhost:5000'":                       "",
		"import.meta.env.X ?? 'http://localhost:5000'":                   "",
		"os.getenv('X', 'http://localhost:5000')":                        "",
		"console.log('on http://localhost:5000')":                        "",
		"print('http://localhost:5000')":                                 "",
		"logger.info('http://localhost:5000')":                           "",
		"fetch('http://localhost/api')":                                  "",
		"fetch('http://localhost:99999')":                                "",
		"fetch('http://api:5000')":                                       "",
	} {
		var got []string
		for _, call := range localcall.In(tree.File{Path: "a.ts", Text: text}) {
			got = append(got, fmt.Sprintf("%s:%d", call.URL, call.Where.Line))
		}
		if text2 := strings.Join(got, " "); text2 != want {
			t.Errorf("%s: %q, want %q", text, text2, want)
		}
	}
}

// TestOriginsIn: the addresses from which a server lets pages in, and no others.
func TestOriginsIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"CORS(app, origins='http://localhost:3000')":                             1,
		"origins = [\n  'http://localhost:3000',\n  'http://localhost:3001',\n]": 2,
		"requests.get('http://localhost:3000')":                                  0,
		"cors = 1\n\n\n\n\nrequests.get('http://localhost:3000')":                0,
		"cors = 1\n\n\n\nrequests.get('http://localhost:3000')":                  1,
		"origins = os.getenv('X',\n  'http://localhost:3000')":                   0,
	} {
		if got := len(localcall.Origins(tree.File{Path: "a.py", Text: text})); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestCallsOfAService: what is said of an address in the source.
func TestCallsOfAService(t *testing.T) {
	t.Parallel()
	const moved = "-- compose.yaml --\nservices: {db: {image: x, ports: ['5000:5432']}}\n"
	for _, test := range []struct{ name, service, files, want string }{
		{"a page", "web", "-- web/src/a.ts --\nx('http://localhost:5000/a')\n", `web/src/a.ts:1 http://localhost:5000 is hard-coded: browsers do not find api there in a cloud workspace, or when its port changes: write import.meta.env.VITE_API_URL || "http://localhost:5000", and set VITE_API_URL: ${DEVUP_URL_API:-http://localhost:5000} under environment; or write the path alone and run ` + "`devup up --gateway`"},
		{"a page with a variable for it", "web", "-- web/src/a.ts --\nx('http://localhost:5000/a')\n-- web/.env --\nVITE_BACKEND_URL=http://localhost:5000\n", "write import.meta.env.VITE_BACKEND_URL ||"},
		{"in more places", "web", "-- web/src/a.ts --\nx('http://localhost:5000/a')\n-- web/src/b.ts --\nx('http://localhost:5000/b')\n", "http://localhost:5000 (and in 1 more place) is hard-coded"},
		{"in many places", "web", "-- web/src/a.ts --\nx('http://localhost:5000/a')\nx('http://localhost:5000/a')\nx('http://localhost:5000/a')\n", "http://localhost:5000 (and in 2 more places) is hard-coded"},
		{"a port of nothing", "web", "-- web/src/a.ts --\nx('http://localhost:7777/a')\n-- api/.env --\nPORT=5000\n", "http://localhost:7777 is hard-coded, and no service here has port 7777"},
		{"a port that moved", "web", "-- web/src/a.ts --\nx('http://localhost:5000/a')\n" + moved, "is hard-coded, but api gets port 5001 here"},
		{"its own port", "web", "-- web/src/a.ts --\nx('http://localhost:5173/a')\n", ""},
		{"a server", "api", "-- api/cors.py --\nCORS(app, origins=['http://localhost:5173'])\n", `http://localhost:5173 is a hard-coded origin: the pages of web have another one in a cloud workspace, or when their port changes: write os.environ.get("WEB_URL", "http://localhost:5173"), and set WEB_URL: ${DEVUP_URL_WEB:-http://localhost:5173} under environment`},
		{"a server and a stranger", "api", "-- api/cors.py --\nCORS(app, origins=['http://localhost:7777'])\n", ""},
		{"a proxy", "web", "-- web/vite.config.ts --\nserver: { proxy: { '/api': 'http://localhost:5000' } }\n", ""},
		{"a proxy to a service of the compose file", "web", "-- web/vite.config.ts --\nserver: { proxy: { '/api': 'http://localhost:5000' } }\n-- compose.yaml --\nservices: {api: {build: api, ports: ['5000:5000']}}\n", `web/vite.config.ts:1 forwards requests to http://localhost:5000, which inside a container is web itself: write process.env.PROXY_TARGET || "http://localhost:5000" there, and set PROXY_TARGET: http://api:5000 under environment in devup.yaml`},
		{"a proxy to a service with the same port", "web", "-- web/vite.config.ts --\nserver: { port: 5173, proxy: { '/api': 'http://localhost:5000', '/u': 'http://localhost:4000' } }\n-- users/package.json --\n" + `{"scripts": {"start": "node i.js"}, "dependencies": {"express": "4"}}` + "\n-- users/i.js --\nfetch('http://localhost:4001'); x.listen(4000)\n-- jobs/package.json --\n" + `{"scripts": {"start": "node i.js"}, "dependencies": {"express": "4"}}` + "\n-- jobs/i.js --\nfetch('http://localhost:4000'); x.listen(5173)\n", "web and jobs both listen on port 5173"},
		{"a server that calls a service of the compose file", "api", "-- api/x.py --\nrequests.get('http://localhost:4000')\n-- users/package.json --\n" + `{"scripts": {"start": "node i.js"}, "dependencies": {"express": "4"}}` + "\n-- users/i.js --\nx.listen(4000)\n-- compose.yaml --\nservices: {users: {build: users, ports: ['4000:4000']}}\n", `api/x.py:1 calls http://localhost:4000, which inside a container is api itself: write os.environ.get("PROXY_TARGET", "http://localhost:4000") there, and set PROXY_TARGET: http://users:4000 under environment in devup.yaml`},
		{"its own address", "api", "-- api/.env --\nPORT=5000\n-- api/login.py --\nredirect_uri = 'http://localhost:5000/callback'\nrequests.get('http://localhost:5000/a')\n-- api/login.js --\nfetch('http://localhost:5000/a')\n", ""},
		{"a proxy to nothing", "web", "-- web/vite.config.ts --\nserver: { proxy: { '/api': 'http://localhost:7777' } }\n-- api/.env --\nPORT=5000\n", "forwards requests to http://localhost:7777, which inside a container is web itself, and no service here has port 7777"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, e := range found(t, scanned(t, webFiles+apiFiles+test.files), test.service).Remarks {
				got = append(got, place(e.Evidence)+": "+e.Fix)
			}
			text := strings.Join(got, "|")
			if !strings.Contains(text, test.want) || (text == "") != (test.want == "") {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}
