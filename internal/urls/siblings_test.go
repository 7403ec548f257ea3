package urls

import (
	"slices"
	"testing"

	"github.com/devup-cli/devup/internal/project"
)

// What no file sets any more, because a repository does not have its env files, gets the
// URL that it has where devup runs. What a file sets stays, and so does what is unknown.
func TestMissingEnvFilesLeaveNoURLUnset(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, `
-- compose.yaml --
services:
  backend-flask:
    build: ./api
    ports: ["4567:4567"]
    env_file: [backend.env, there.env]
  frontend-react-js:
    build: ./web
    ports: ["3000:3000"]
    env_file: web.env
    environment: {REACT_APP_FRONTEND_URL: own}
-- there.env --
BACKEND_URL=theirs
-- api/lib/cors.py --
origins = [os.getenv("FRONTEND_URL"), os.getenv("BACKEND_URL")]
key = os.getenv("KEY")
-- web/src/pages/Home.js --
`+"fetch(`${process.env.REACT_APP_BACKEND_URL}/x`, process.env.REACT_APP_FRONTEND_URL)\n"), project.Options{})
	there := Resolve(p, map[project.PortKey]int{{Service: "backend-flask", Target: 4567, Protocol: "tcp"}: 4568}, Where{URL: codespace})
	for service, want := range map[string]string{
		"backend-flask":     "BACKEND_URL=theirs\nFRONTEND_URL=https://name-3000.app.github.dev",
		"frontend-react-js": "REACT_APP_BACKEND_URL=https://name-4568.app.github.dev\nREACT_APP_FRONTEND_URL=own",
	} {
		if got := environmentOf(there, service); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", service, got, want)
		}
	}
	want := []string{
		"backend-flask: the env_file backend.env does not exist and is left out; the sources read KEY; devup sets FRONTEND_URL to the URL of frontend-react-js",
		"frontend-react-js: the env_file web.env does not exist and is left out; devup sets REACT_APP_BACKEND_URL to the URL of backend-flask",
	}
	if !slices.Equal(p.Notes, want) {
		t.Errorf("notes:\n%q\nwant:\n%q", p.Notes, want)
	}
	if set, there := p.Declared("frontend-react-js").Environment["REACT_APP_BACKEND_URL"]; there {
		t.Errorf("the files are said to set REACT_APP_BACKEND_URL to %v", set)
	}
}
