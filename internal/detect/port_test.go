package detect

import (
	"fmt"
	"strings"
	"testing"
)

// TestPortOfAService: what says the port, best first, and where it stands.
func TestPortOfAService(t *testing.T) {
	t.Parallel()
	const dockerfile = "-- api/Dockerfile --\nFROM python:3.12\nEXPOSE 4001\n"
	const compose = "-- compose.yaml --\nservices:\n  api:\n    build: api\n    command: flask run --port 4003\n    ports: ['4002:4002']\n"
	const unpublished = "-- compose.yaml --\nservices:\n  api:\n    build: api\n    command: flask run --port 4003\n"
	const env = "-- api/.flaskenv --\nFLASK_RUN_PORT=4004\n"
	const source = "-- api/run.py --\napp.run(port=4005)\n"
	const page = webFiles + "-- web/src/a.ts --\nfetch('http://localhost:4008/x')\n"
	for _, test := range []struct{ name, files, want string }{
		{"a Dockerfile", dockerfile + compose + env + source, "4001 api/Dockerfile:2 EXPOSE 4001"},
		{"a Compose file", compose + env + source, "4002 compose.yaml:5 ports 4002"},
		{"the command of a Compose file", unpublished + env + source, "4003 compose.yaml:2 --port 4003"},
		{"the start of today", env + source, "4004 api/.flaskenv:1 FLASK_RUN_PORT=4004"},
		{"a Procfile for production, with a source", "-- api/Procfile --\nweb: gunicorn --bind :4044 app:app\n" + source, "4005 api/run.py:1 port 4005"},
		{"a Procfile for production", "-- api/Procfile --\nweb: gunicorn --bind :4044 app:app\n", "4044 api/Procfile:1 --bind :4044"},
		{"the source", source, "4005 api/run.py:1 port 4005"},
		{"the source of the entry before others", "-- api/a.py --\napp.run(port=4055)\n-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\napp.run(port=4005)\n", "4005 api/app.py:3 port 4005"},
		{"a default, and another port that all pages call", page + "-- api/run.py --\napp.run(port=int(os.environ.get('PORT', 4005)))\n", "4008 web/src/a.ts:1 http://localhost:4008"},
		{"a default, and pages that call two ports", page + "-- web/src/b.ts --\nfetch('http://localhost:4009/x')\n-- api/run.py --\napp.run(port=int(os.environ.get('PORT', 4005)))\n", "4005 api/run.py:1 port 4005"},
		{"a start by hand, and another port that all pages call", page + source, "4008 web/src/a.ts:1 http://localhost:4008"},
		{"its own env file", "-- api/.env --\nSERVER_PORT=4006\n", "4006 api/.env:1 SERVER_PORT"},
		{"an example", "-- api/.env.example --\nA=1\nPORT=4006\n", "4006 api/.env.example:2 PORT"},
		{"its own URL in an env file", "-- api/.env --\nBACKEND_URL=http://localhost:4006/x\n", "4006 api/.env:1 BACKEND_URL"},
		{"its URL in an env file of the root", "-- .env --\nBACKEND_URL=http://localhost:4006\n", "4006 .env:1 BACKEND_URL"},
		{"its URL in an env file of another", webFiles + "-- web/.env --\nVITE_API_URL=http://localhost:4007\n", "4007 web/.env:1 VITE_API_URL"},
		{"what a page calls", page, "4008 web/src/a.ts:1 http://localhost:4008"},
		{"what two pages call", page + "-- web/src/b.ts --\nfetch('http://localhost:4009/x')\n", "5000 the default of Flask"},
		{"what a page calls of a database", webFiles + "-- web/src/a.ts --\nfetch('http://localhost:9200/x')\n", "5000 the default of Flask"},
		{"what a page passes on", webFiles + "-- web/vite.config.ts --\nserver: { proxy: { '/api': 'http://localhost:4010' } }\n", "4010 web/vite.config.ts:1 http://localhost:4010"},
		{"what a page calls, of two servers", page + usersFiles, "4008 web/src/a.ts:1 http://localhost:4008"}, // users is not called like a backend
		{"its README", "-- api/README.md --\n# API\n\nOpen http://localhost:4011/docs\n", "4011 api/README.md:3 port 4011"},
		{"a README of two ports", "-- api/README.md --\nhttp://localhost:4011 or http://localhost:4012\n", "5000 the default of Flask"},
		{"a README of a database too", "-- api/README.md --\nhttp://localhost:4011 and localhost:5432\n", "4011 api/README.md:1 port 4011"},
		{"the README of the root", webFiles + "-- README.md --\nThe web runs on port 3000\nThe API runs on port : `4012`\n", "4012 README.md:2 port 4012"},
		{"a line of the README about another", webFiles + "-- README.md --\nThe web calls the server on port 4012\n", "5000 the default of Flask"},
		{"nothing", "", "5000 the default of Flask"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := found(t, scanned(t, apiFiles+test.files), "api")
			if got := fmt.Sprintf("%d %s", s.Port.Number, place(s.Port.Evidence)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestPortOfAPage: a page listens where its own files say, whatever others say.
func TestPortOfAPage(t *testing.T) {
	t.Parallel()
	repo := scanned(t, webFiles+apiFiles+"-- api/.env --\nFRONTEND_URL=http://localhost:3001\n")
	web := found(t, repo, "web")
	if web.Port.Number != 5173 || !strings.Contains(explain(repo), "api/.env:1 FRONTEND_URL says 3001, which is passed over: Vite listens where its own files say") {
		t.Errorf("port %d: %v", web.Port.Number, web.Evidence)
	}
}

// TestHostPorts: two services never share a port of the host.
func TestHostPorts(t *testing.T) {
	t.Parallel()
	other := strings.ReplaceAll(apiFiles, "api/", "more/")
	for _, test := range []struct{ name, files, want string }{
		{"the first by name", apiFiles + other, "api 5000:5000 more 5001:5000"},
		{"the one whose port stands somewhere", apiFiles + other + "-- more/.env --\nPORT=5000\n", "api 5001:5000 more 5000:5000"},
		{"the server that a page calls by it", apiFiles + webFiles + "-- web/vite.config.ts --\nserver: { port: 5000 }\n-- web/src/a.ts --\nx('http://localhost:5000/a')\n", "api 5000:5000 web 5001:5000"},
		{"a page before a server that nothing calls", apiFiles + webFiles + "-- web/vite.config.ts --\nserver: { port: 5000 }\n", "api 5001:5000 web 5000:5000"},
		{"a port of the Compose file that is taken", apiFiles + "-- compose.yaml --\nservices: {db: {image: x, ports: ['5000:5432']}}\n", "api 5001:5000"},
		{"a port of the Compose file", apiFiles + "-- compose.yaml --\nservices: {api: {build: api, ports: ['8080:5000']}}\n", "api 8080:5000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, s := range scanned(t, test.files).Services {
				got = append(got, fmt.Sprintf("%s %d:%d", s.Name, s.HostPort, s.Port.Number))
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %s, want %s", text, test.want)
			}
		})
	}
}
