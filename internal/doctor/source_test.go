package doctor

import "testing"

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
			"warning: addresses on localhost are written into the source: in a cloud workspace, and when the port has to move, a browser finds nothing there | " +
				`in web/src/App.js write process.env.REACT_APP_API_URL || "http://localhost:4567", and REACT_APP_API_URL: ${DEVUP_URL_API:-http://localhost:4567} under environment; ` +
				"or write the path alone and run `devup up --gateway`\n" +
				"- web/src/App.js:2: http://localhost:4567\n- web/src/a.js:1: ws://localhost:4567\n- api/app.py:3: http://localhost:3000",
		},
		{
			"what a server lets in", `services: {web: {build: web, ports: ["3000:3000"]}}`,
			"warning: addresses on localhost are written into the source: in a cloud workspace, and when the port has to move, a browser finds nothing there | " +
				`in api/app.py write os.environ.get("WEB_URL", "http://localhost:3000"), and WEB_URL: ${DEVUP_URL_WEB:-http://localhost:3000} under environment; with ` +
				"`devup up --gateway` no page is a stranger\n- api/app.py:3: http://localhost:3000",
		},
		{"a port that nobody names", `services: {web: {image: x, ports: ["8080:80"]}}`, "ok:  | "},
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
