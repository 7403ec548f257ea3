package doctor

import (
	"strings"
	"testing"
)

func TestSource(t *testing.T) {
	t.Parallel()
	const source = `
-- web/package.json --
{"scripts": {"start": "react-scripts start"}, "dependencies": {"react-scripts": "5.0.1"}}
-- web/src/App.js --

fetch('http://localhost:4567/api')
-- web/src/a.js --
new WebSocket('ws://localhost:4567')
fetch('http://localhost:9999')
-- web/node_modules/x/index.js --
fetch('http://localhost:4567')
-- api/requirements.txt --
flask
flask-cors
-- api/app.py --
from flask import Flask
app = Flask(__name__)
CORS(app, origins=['http://localhost:3000'])
app.run(port=4567)
-- journal/src/http-in-a-guide.js --
fetch('http://localhost:4567')
`
	for _, test := range []struct{ name, config, want string }{
		{
			"what pages call before who is let in", `services: {web: {build: web, ports: ["3000:3000"]}, api: {build: api, ports: ["4567:4567"]}}`,
			"warning: the source has hard-coded addresses on localhost, which fail in a cloud workspace and when a port changes | " +
				`in web/src/App.js: write process.env.REACT_APP_API_URL || "http://localhost:4567", and set REACT_APP_API_URL: ${DEVUP_URL_API:-http://localhost:4567} under environment` +
				"\n- web/src/App.js:2: http://localhost:4567\n- web/src/a.js:1: ws://localhost:4567\n- api/app.py:3: http://localhost:3000" +
				"\n- or write the path alone and run `devup up --gateway`",
		},
		{
			"what a server lets in", `services: {web: {build: web, ports: ["3000:3000"]}}`,
			"warning: the source has hard-coded addresses on localhost, which fail in a cloud workspace and when a port changes | " +
				`in api/app.py: write os.environ.get("WEB_URL", "http://localhost:3000"), and set WEB_URL: ${DEVUP_URL_WEB:-http://localhost:3000} under environment` +
				"\n- api/app.py:3: http://localhost:3000\n- or run `devup up --gateway`, where pages and servers have one origin",
		},
		{"a port that is named nowhere", `services: {web: {image: x, ports: ["8080:80"]}}`, "ok:  | "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := clone(t, "-- compose.yaml --\n"+test.config+source)
			if got := find(t, Options{Project: p}, "source").full(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// TestCode: doctor remarks what init does, of the services that the project runs.
func TestCode(t *testing.T) {
	t.Parallel()
	const (
		both = `services: {web: {build: web, ports: ["3000:3000"]}, api: {build: api, ports: ["4567:4567"]}}`
		api  = "\n-- api/requirements.txt --\nflask\n-- api/app.py --\nfrom flask import Flask\napp = Flask(__name__)\napp.run(port=4567)\n"
		web  = "-- web/package.json --\n" + `{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "6"}}` + "\n-- web/vite.config.js --\n\nexport default {server: {"
		to   = `proxy: {"/api": "http://localhost:4567"}`
		text = "web: web/vite.config.js:2: forwards requests to http://localhost:4567, which inside a container is web itself"
		fix  = `write process.env.PROXY_TARGET || "http://localhost:4567" there, and set PROXY_TARGET: http://api:4567 under environment in devup.yaml`
	)
	for _, test := range []struct{ name, config, files, want string }{
		{"a proxy to localhost", both, api + web + to + "}}", "warning: " + text + " | " + fix},
		{
			"two of them", both, api + web + to + ", other: 'http://localhost:9999'}}",
			"warning: the code has 2 places that fail in a container | in web/vite.config.js: " + fix +
				"\n- " + text + "\n- web: web/vite.config.js:2: forwards requests to http://localhost:9999, which inside a container is web itself, and no service here has port 9999",
		},
		{"a service under another name", `services: {site: {build: web}, api: {build: api, ports: ["4567:4567"]}}`, api + web + to + "}}", "warning: site" + strings.TrimPrefix(strings.ReplaceAll(text, "is web", "is site"), "web") + " | " + fix},
		{"of a directory that the project does not run", `services: {api: {build: api}}`, api + web + to + "}}", "ok:  | "},
		{"a proxy that is told where to", both, api + web + `proxy: {"/api": process.env.PROXY_TARGET || "http://localhost:4567"}` + "}}", "ok:  | "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := clone(t, "-- compose.yaml --\n"+test.config+test.files)
			if got := find(t, Options{Project: p}, "code").full(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}
