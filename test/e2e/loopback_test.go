//go:build e2e

package e2e

import (
	"os/exec"
	"testing"
)

// callers is a page whose development server forwards to localhost, a server that calls
// localhost, and the API that both mean. Docker Compose takes no other port for one that is
// taken, so these are ports of no other test.
const callers = `
-- api/requirements.txt --
flask
-- api/app.py --
from flask import Flask
app = Flask(__name__)

@app.get("/api/tasks")
def tasks():
    return "tasks of the API"

if __name__ == "__main__":
    app.run(port=25731)
-- web/package.json --
{"name": "web", "scripts": {"dev": "vite"}, "devDependencies": {"vite": "^6"}}
-- web/index.html --
page
-- web/vite.config.js --
export default { server: { port: 25732, proxy: { '/api': 'http://localhost:25731' } } }
-- server/package.json --
{"name": "server", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^4"}}
-- server/server.js --
const api = 'http://localhost:25731'
const tasks = async () => (await fetch(api + '/api/tasks')).text()
require('express')().get('/', (_, r) => tasks().then(text => r.send('server: ' + text), () => r.sendStatus(502))).listen(25733)
`

// TestCallsAtLocalhost: what the source calls at localhost is there, with nothing edited,
// also after a restart, a replacement or a build of the service that is called.
func TestCallsAtLocalhost(t *testing.T) {
	t.Parallel()
	c := files(t, callers)
	c.devup(t, "init", "--yes")
	c.devup(t, "up", "--detach")
	all := func() {
		t.Helper()
		eventually(t, answers(t, c.url(t, "api")+"/api/tasks", "tasks of the API"))
		eventually(t, answers(t, c.url(t, "web")+"/api/tasks", "tasks of the API"))
		eventually(t, answers(t, c.url(t, "server"), "server: tasks of the API"))
	}
	all()
	c.devup(t, "restart", "api")
	all()
	c.devup(t, "up", "--detach", "--force-recreate", "api")
	all()
	c.replace(t, "api/Dockerfile", "CMD", "ENV EDITED=1\nCMD")
	c.devup(t, "up", "--detach")
	all()
	c.devup(t, "down", "--timeout", "0")

	compose := composeBinary(t)
	if compose == "" {
		t.Skip("there is no docker compose")
	}
	// Compose's own build would have none of this machine's certificates and proxies.
	c.devup(t, "build")
	for _, args := range [][]string{{"up", "-d"}, {"restart", "api"}, {"up", "-d", "--force-recreate", "api"}} {
		run := exec.CommandContext(t.Context(), compose, append([]string{"-p", c.name, "-f", "devup.yaml"}, args...)...)
		run.Dir = c.dir
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("docker compose %q: %v\n%s", args, err, out)
		}
		all()
	}
}
