package detect

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/tree"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]address{
		"https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}":       {4567, ""},
		"https://4567-$GITPOD_WORKSPACE_ID.$GITPOD_WORKSPACE_CLUSTER_HOST/api":       {4567, "/api"},
		"https://3000-me-cruddur-abc123.ws-eu90.gitpod.io":                           {3000, ""},
		"https://${CODESPACE_NAME}-4567.${GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN}": {4567, ""},
		"https://fluffy-train-4567.app.github.dev/v1":                                {4567, "/v1"},
		"http://localhost:5000/api/":                                                 {5000, "/api/"},
		"http://backend-flask:4567":                                                  {4567, ""},
		"ws://127.0.0.1:8080":                                                        {8080, ""},
	} {
		if got, ok := parseURL(text); !ok || got != want {
			t.Errorf("parseURL(%q) = %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"https://api.stripe.com", "postgres://u:p@localhost:5432/db", "http://localhost:99999", "*4567-*", "https://4567-.", ""} {
		if got, ok := parseURL(text); ok {
			t.Errorf("parseURL(%q) = %+v, want none", text, got)
		}
	}
}

func TestPortOfCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"flask run --host=0.0.0.0 --port=4567":    4567,
		"flask run -h 0.0.0.0 -p 8000":            8000,
		"gunicorn -b :5757 app:app":               5757,
		"gunicorn --bind 0.0.0.0:9000 app:app":    9000,
		"PORT=5050 node server.js":                5050,
		"cross-env PORT=3005 react-scripts start": 3005,
		"python manage.py runserver 0.0.0.0:8080": 8080,
		"python -m http.server 8123":              8123,
		"vite --port 3000 --host":                 3000,
		"npm start":                               0,
		"node server.js --port":                   0,
		"app --port=70000":                        0,
		"tsc -p tsconfig.json":                    0,
	} {
		if got, _, _ := portOfCommand(text); got != want {
			t.Errorf("portOfCommand(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestPortsInSource(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"app.run(host='0.0.0.0', port=5001, debug=True)":              5001,
		"app.run(debug=True, port=int(os.environ.get('PORT', 8085)))": 8085,
		"app.run(host=os.getenv('HOST'), port=6000)":                  6000,
		"uvicorn.run('main:app', host=\"0.0.0.0\",\n    port=8000)":   8000,
		"serve(app, port=8090)":                                       8090,
		"app.run(debug=True)":                                         0,
	} {
		if got, _ := portOfSource([]tree.File{{Path: "a.py", Text: text}}, pythonPorts); got.Number != want {
			t.Errorf("python %q: port %d, want %d", text, got.Number, want)
		}
	}
	for text, want := range map[string]int{
		"const PORT = process.env.PORT || 5050;":                5050,
		"app.listen(process.env.PORT ?? 4000)":                  4000,
		"const port = process.env.PORT ? Number(x) : 3333":      3333,
		"app.listen(8081, () => {})":                            8081,
		"const { PORT = 4321 } = process.env":                   4321,
		"fastify.listen({ port: 8000 })":                        8000,
		"var port = normalizePort(process.env.PORT || '3000');": 3000,
		"app.set('port', 9090)":                                 9090,
		"app.listen(port)":                                      0,
	} {
		if got, _ := portOfSource([]tree.File{{Path: "a.js", Text: text}}, nodePorts); got.Number != want {
			t.Errorf("node %q: port %d, want %d", text, got.Number, want)
		}
	}
}

func TestNewestWithin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wanted string
		lines  []string
		want   string
	}{
		{">=14", nodeLines, "24"},
		{"18.x", nodeLines, "18"},
		{"^18.12.0", nodeLines, "18"},
		{">=18 <21", nodeLines, "20"},
		{">=16.0.0 <=18.20.1", nodeLines, "18"},
		{"^18 || ^20", nodeLines, "20"},
		{"14 - 16", nodeLines, "16"},
		{"~16.18.0", nodeLines, "16"},
		{"99", nodeLines, ""},
		{"", nodeLines, ""},
		{">=3.9", pythonLines, "3.13"},
		{"^3.11", pythonLines, "3.13"},
		{"~=3.10", pythonLines, "3.13"},
		{"~=3.10.0", pythonLines, "3.10"},
		{">=3.8,<3.12", pythonLines, "3.11"},
		{">3.8.1,<3.11", pythonLines, "3.10"},
		{"==3.9.*", pythonLines, "3.9"},
		{">=3.10,!=3.13.*", pythonLines, "3.12"},
	} {
		if got := newestWithin(test.wanted, test.lines); got != test.want {
			t.Errorf("newestWithin(%q) = %q, want %q", test.wanted, got, test.want)
		}
	}
}

func TestRuntimesOfPinnedDependencies(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{"^4.0.3": "16", "3.4.1": "16", "5.0.1": "24"} {
		p := &nodePackage{Dependencies: versions{"react-scripts": version}}
		c := &candidate{Service: Service{Dir: ".", Runtime: Runtime{Language: "node"}}, node: p}
		s := &scan{tree: &tree.Tree{}}
		if got := s.decideRuntime(c); got.Version != want || got.Flags != "" {
			t.Errorf("react-scripts %s: node %s %q, want %s and no flag", version, got.Version, got.Flags, want)
		}
		p.Engines = versions{"node": ">=18"}
		got := s.decideRuntime(c)
		if flag := map[bool]string{true: "--openssl-legacy-provider"}[want == "16"]; got.Version != "24" || got.Flags != flag {
			t.Errorf("react-scripts %s with engines >=18: node %s %q, want 24 %q", version, got.Version, got.Flags, flag)
		}
	}
	for line, want := range map[string]string{"numpy==1.21.0": "3.10", "numpy==2.1.0": "", "numpy>=1.21": "", "psycopg2-binary==2.9.9": "3.12", "Django==3.2": "3.10"} {
		r := &requirements{versions: map[string]string{}, lines: map[string]int{}}
		match := requirementLine.FindStringSubmatch(line)
		r.add(match[1], match[2], 1)
		if got, _ := pythonLimit(r); got != want {
			t.Errorf("pythonLimit(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestParsePortMapping(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{
		"4567:4567": {4567, 4567}, "3000": {0, 3000}, "127.0.0.1:8080:80": {8080, 80}, "127.0.0.1::80": {0, 80}, "[::1]:81:80": {81, 80},
		"8000-8002:9000-9002": {8000, 9000}, "9100:9000/tcp": {9100, 9000}, "2000:2000/udp": {0, 0}, "${PORT}:${PORT}": {0, 0}, "x": {0, 0},
	} {
		if published, target := parsePortMapping(text); [2]int{published, target} != want {
			t.Errorf("parsePortMapping(%q) = %d, %d; want %v", text, published, target, want)
		}
	}
}

func TestUsesIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file, text, name, value string
		set                     bool
	}{
		{"a.py", `os.getenv("X")`, "X", "", false},
		{"a.py", `os.getenv("X", "d")`, "X", "d", true},
		{"a.py", `os.environ.get('X', None)`, "X", "", false},
		{"a.py", `os.environ["X"]`, "X", "", false},
		{"a.js", `process.env.X`, "X", "", false},
		{"a.js", `process.env["X"] ?? "d"`, "X", "d", true},
		{"a.js", `process.env.X || other`, "X", "", true},
		{"a.ts", "import.meta.env.VITE_X || `http://localhost:1`", "VITE_X", "http://localhost:1", true},
		{"a.js", `const { X = "d" } = process.env`, "X", "d", true},
	} {
		got := usesIn(tree.File{Path: test.file, Text: test.text})
		if len(got) != 1 || got[0].name != test.name || got[0].value != test.value || got[0].set != test.set {
			t.Errorf("usesIn(%s) = %+v, want %s %q %v", test.text, got, test.name, test.value, test.set)
		}
	}
	for _, text := range []string{`os.environ["X"] = "1"`, `process.env.X = "1"`} {
		for _, name := range []string{"a.py", "a.js"} {
			if got := usesIn(tree.File{Path: name, Text: text}); len(got) != 0 {
				t.Errorf("usesIn(%s) = %+v, want none: it is set", text, got)
			}
		}
	}
}

func TestEvidenceHoldsNoValues(t *testing.T) {
	t.Parallel()
	if got := firstWords("SECRET=hunter2 node --x server.js -y"); got != "node --x server.js" {
		t.Errorf("firstWords = %q", got)
	}
}

// TestOwnRouters: a router that the server's own file mounts answers below its prefix.
func TestOwnRouters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, mount, want string }{
		{"on the server", "app.use('/shop', router)", "/shop/list"},
		{"behind something", "app.use('/shop', cors, router)", "/shop/list"},
		{"on another router, which says more", "other.use('/shop', router)", ""},
		{"somebody else's", "app.use('/shop', otherRouter)", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := tree.File{Path: "server.js", Text: "const router = express.Router()\nrouter.get('/list', list)\n" + test.mount + "\n"}
			var paths []string
			for _, r := range nodeRoutes([]tree.File{source}) {
				paths = append(paths, r.path)
			}
			if got := strings.Join(paths, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
