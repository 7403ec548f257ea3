package project

import (
	"slices"
	"testing"
)

func TestSiblingOf(t *testing.T) {
	t.Parallel()
	cruddur := []sibling{{"backend-flask", true}, {"dynamodb-local", false}, {"frontend-react-js", true}}
	plain := []sibling{{"django", true}, {"shop", true}, {"keycloak", false}}
	micro := []sibling{{"api-orders", true}, {"api-users", true}, {"storefront", true}}
	tests := []struct {
		variable, reader string
		services         []sibling
		want             string
	}{
		{"REACT_APP_BACKEND_URL", "frontend-react-js", cruddur, "backend-flask"},
		{"VITE_API_BASE_URL", "frontend-react-js", cruddur, "backend-flask"},
		{"REACT_APP_FRONTEND_URL", "frontend-react-js", cruddur, "frontend-react-js"},
		{"REACT_APP_API_GATEWAY_ENDPOINT_URL", "frontend-react-js", cruddur, ""},
		{"REACT_APP_STRIPE_API_URL", "frontend-react-js", cruddur, ""},
		{"REACT_APP_URL", "frontend-react-js", cruddur, ""},
		{"REACT_APP_BACKEND_KEY", "frontend-react-js", cruddur, ""},
		{"FRONTEND_URL", "backend-flask", cruddur, "frontend-react-js"},
		{"CLIENT_ORIGIN", "backend-flask", cruddur, "frontend-react-js"},
		{"BACKEND_URL", "backend-flask", cruddur, "backend-flask"},
		{"BACKEND_URL", "frontend-react-js", cruddur, ""}, // a server of its may call this one, from inside
		{"DATABASE_URL", "backend-flask", cruddur, ""},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "backend-flask", cruddur, ""},
		{"NEXT_PUBLIC_API_URL", "shop", plain, "django"}, // the only other one that is made here
		{"NEXT_PUBLIC_KEYCLOAK_URL", "shop", plain, "keycloak"},
		{"FRONTEND_URL", "django", plain, ""}, // nothing here is called so
		{"VITE_API_URL", "storefront", micro, ""},
		{"VITE_API_USERS_URL", "storefront", micro, "api-users"},
	}
	for _, test := range tests {
		t.Run(test.variable+" of "+test.reader, func(t *testing.T) {
			t.Parallel()
			if got := siblingOf(test.variable, test.reader, test.services); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// What no file sets any more, because a repository does not have its env files, gets the
// URL that it has where devup runs. What a file sets stays, and so does what is unknown.
func TestMissingEnvFilesLeaveNoURLUnset(t *testing.T) {
	t.Parallel()
	p := load(t, folder(t, `
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
`+"fetch(`${process.env.REACT_APP_BACKEND_URL}/x`, process.env.REACT_APP_FRONTEND_URL)\n"), Options{})
	there := p.Resolve(map[PortKey]int{{Service: "backend-flask", Target: 4567, Protocol: "tcp"}: 4568}, Where{URL: codespace})
	for service, want := range map[string]string{
		"backend-flask":     "BACKEND_URL=theirs\nFRONTEND_URL=https://name-3000.app.github.dev",
		"frontend-react-js": "REACT_APP_BACKEND_URL=https://name-4568.app.github.dev\nREACT_APP_FRONTEND_URL=own",
	} {
		if got := environmentOf(there, service); got != want {
			t.Errorf("%s:\n%s\nwant:\n%s", service, got, want)
		}
	}
	want := []string{
		"backend-flask: the env_file backend.env is not there and is left out; the sources read KEY; devup sets FRONTEND_URL to the URL of frontend-react-js",
		"frontend-react-js: the env_file web.env is not there and is left out; devup sets REACT_APP_BACKEND_URL to the URL of backend-flask",
	}
	if !slices.Equal(p.Notes, want) {
		t.Errorf("notes:\n%q\nwant:\n%q", p.Notes, want)
	}
	if set, there := p.Declared("frontend-react-js").Environment["REACT_APP_BACKEND_URL"]; there {
		t.Errorf("the files are said to set REACT_APP_BACKEND_URL to %v", set)
	}
}
