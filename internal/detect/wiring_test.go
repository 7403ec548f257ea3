package detect

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/tree"
)

// TestSiblingOfAVariable: whose URL a variable of a service holds, by its name and its values.
func TestSiblingOfAVariable(t *testing.T) {
	t.Parallel()
	shop := []string{"web 3000 vite", "api 5000 flask"}
	several := []string{"web 3000 vite", "admin 3001 vite", "api 5000 flask", "users-service 5001 node"}
	for _, test := range []struct {
		name     string
		services []string
		reader   string
		variable string
		want     string
	}{
		{"the role", shop, "web", "BACKEND_URL", "api"},
		{"the role with a prefix of the framework", shop, "web", "VITE_API_URL", "api"},
		{"the role of the main one", shop, "web", "VITE_MAIN_API_URL", "api"},
		{"the role with a prefix of Expo", shop, "web", "EXPO_PUBLIC_API_BASE_URL", "api"},
		{"the role without a word for a URL", shop, "web", "REACT_APP_API", "api"},
		{"the role with a base alone", shop, "web", "API_BASE", "api"},
		{"a base of something else", shop, "web", "SERVER_BASE", ""},
		{"a URL of nothing", shop, "web", "BASE_URL", ""},
		{"origins", shop, "api", "ALLOWED_ORIGINS", "web"},
		{"origins of CORS", shop, "api", "CORS_ALLOWED", ""},
		{"URLs of CORS", shop, "api", "CORS_ALLOWED_URLS", "web"},
		{"CORS at the end", shop, "api", "API_CORS", ""},
		{"CORS alone", shop, "api", "CORS", "web"},
		{"the origin of a role", shop, "web", "API_ORIGIN", "api"},
		{"a role in lower case", shop, "web", "backend_url", "api"},
		{"of a third party", shop, "web", "STRIPE_API_URL", ""},
		{"its own", several, "api", "BACKEND_URL", "api"},
		{"the one that is called like the role", several, "web", "API_URL", "api"},
		{"the service by its name", several, "web", "ADMIN_URL", "admin"},
		{"the service by its name in full", several, "web", "USERS_SERVICE_URL", "users-service"},
		{"the service by a short name", several, "web", "USERS_ENDPOINT", "users-service"},
		{"a name without a word for a URL", several, "web", "USERS", ""},
		{"a secret", shop, "web", "BACKEND_URL_TOKEN", ""},
		{"a port in a value", shop, "web", "UPSTREAM=http://localhost:5000/v1", "api/v1"},
		{"a port of nothing here", shop, "web", "UPSTREAM=http://localhost:9999", ""},
		{"the path of a value", shop, "web", "API_URL=http://localhost:1234/api", "api/api"},
		{"the first of several values", shop, "api", "UPSTREAM=http://localhost:3000,http://localhost:5000/x", "web"},
		{"a database", shop, "api", "API_URL=postgres://db:5432/x", ""},
		{"a path without a proxy", shop, "web", "VITE_API_URL=/api/v1", "api/api/v1"},
		{"a path of a server", shop, "api", "BACKEND_URL=/api", ""},
		{"the root alone", shop, "web", "VITE_API_URL=/", ""},
		{"another host", shop, "web", "API_URL=https://api.example.com", ""},
		{"another host besides", shop, "api", "ORIGINS=https://example.com,http://localhost:3000", "web"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := siblings(test.services...)
			reader := all[0]
			for _, c := range all {
				if c.Name == test.reader {
					reader = c
				}
			}
			name, value, _ := strings.Cut(test.variable, "=")
			v := &Variable{Name: name}
			wire(all, reader, v, []string{value})
			if got := v.Sibling + v.Path; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestCallsInside: whether the service itself calls its sibling, or a browser does.
func TestCallsInside(t *testing.T) {
	t.Parallel()
	const config, source = "web/vite.config.ts", "web/src/a.ts"
	root, err := tree.Walk(filesOf("-- "+config+" --\nserver: { proxy: {} }\n-- web/next.config.js --\n{}\n-- "+source+" --\n"), tree.Files{
		Interesting: func(string) bool { return true }, Manifest: func(string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, reader, variable, sibling string
		readers                         []string
		want                            bool
	}{
		{"one server another", "api 1 flask", "USERS_URL", "users", nil, true},
		{"a server lets pages in", "api 1 flask", "CORS_USERS_URL", "users", nil, false},
		{"a server knows an origin", "api 1 flask", "USERS_ORIGIN", "users", nil, false},
		{"a link to a page", "api 1 flask", "PAGE_URL", "page", nil, false},
		{"nothing", "api 1 flask", "X", "", nil, false},
		{"a page", "web 1 vite", "VITE_USERS_URL", "users", []string{source}, false},
		{"the development server of a page", "web 1 vite", "USERS_URL", "users", []string{config}, true},
		{"both", "web 1 vite", "USERS_URL", "users", []string{config, source}, false},
		{"a configuration without a proxy", "web 1 vite", "USERS_URL", "users", []string{"web/next.config.js"}, false},
	} {
		all := siblings(test.reader, "users 2 node", "page 3 vite")
		all[0].Tree = root
		v := &Variable{Name: test.variable, Sibling: test.sibling}
		if got := callsInside(all, all[0], v, test.readers); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// TestPortsOfServices: the port of the host counts before that of the container.
func TestPortsOfServices(t *testing.T) {
	t.Parallel()
	all := siblings("web 3000 vite", "api 3000 flask")
	all[1].HostPort = 3001
	for port, want := range map[int]string{3000: "web", 3001: "api"} {
		if c := all.byPort(port); c == nil || c.Name != want {
			t.Errorf("port %d is of %+v, want %s", port, c, want)
		}
	}
	all[0].HostPort = 4000
	if c := all.byPort(3000); c == nil || c.Name != "web" {
		t.Errorf("port 3000 of a container is of %+v, want web", c)
	}
	if c := all.byPort(1); c != nil {
		t.Errorf("port 1 is of %s", c.Name)
	}
}

func TestLooksSecret(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"API_KEY": true, "SECRET": true, "JWT_SECRET_NAME": true, "MYSECRETS": true, "DB_PASSWORD": true, "PGPASS": false, "DB_PASS": true, "GITHUB_TOKEN": true, "TOKENIZER": false,
		"DATABASE_URL": true, "MONGO_URI": true, "CONNECTION_STRING": true, "REDISURL": true, "SENTRY_DSN": true, "HASH_SALT": true, "KEYBOARD": false, "API_URL": false, "MONKEY": false,
	} {
		if got := looksSecret(name); got != want {
			t.Errorf("looksSecret(%s) = %v", name, got)
		}
	}
}
