package detect

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

func TestPlainName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"web": "web", "My Web_App": "my-web-app", "--a..b--": "a-b", "проект": "", "": "",
		strings.Repeat("a", 60): strings.Repeat("a", 48), strings.Repeat("a", 47) + "-b": strings.Repeat("a", 47),
	} {
		if got := plainName(text); got != want {
			t.Errorf("plainName(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestNamesOfAService: best first; numbers come last and never run out.
func TestNamesOfAService(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		app  stack.App
		want string
	}{
		{"its directory", stack.App{Service: Service{Dir: "apps/My Web"}}, "my-web apps-my-web apps-my-web-2 apps-my-web-3"},
		{"the root, by its manifest", stack.App{Service: Service{Dir: "."}, PackageName: "shop"}, "shop backend backend-2 backend-3"},
		{"the root, a page", stack.App{Service: Service{Dir: ".", Frontend: true}}, "frontend frontend-2 frontend-3"},
		{"no letters", stack.App{Service: Service{Dir: "ж", StackName: "node"}}, "node-2 node-3 node-4"},
	} {
		names := (&candidate{App: &test.app}).names()
		if got := strings.Join(names[:len(strings.Fields(test.want))], " "); got != test.want || len(names) < 998 {
			t.Errorf("%s: %s (%d names), want %s", test.name, got, len(names), test.want)
		}
	}
}

// TestNamesAreUnique: two services, or a service and one of a Compose file, never share one.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	const vite = "package.json --\n{\"scripts\": {\"dev\": \"vite\"}, \"dependencies\": {\"vite\": \"5\"}}\n"
	page := func(dir string) string { return "-- " + dir + "/" + vite + "-- " + dir + "/index.html --\n" }
	for _, test := range []struct{ name, files, want string }{
		{"the directory above tells them apart", page("a/web") + page("b/web"), "b-web:b/web web:a/web"},
		{"a name of a Compose file is taken", page("db") + "-- compose.yaml --\nservices: {db: {image: x}}\n", "db-2:db"},
		{"the Compose file's own name", page("web") + "-- compose.yaml --\nservices: {front: {build: ./web}}\n", "front:web"},
		{"the one with ports before a worker", page("web") + "-- compose.yaml --\nservices: {worker: {build: web}, front: {build: web, ports: ['80:80']}}\n", "front:web"},
		{"a directory of the system", page("apps/srv") + page("lib"), "apps-srv:apps/srv lib-2:lib"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, s := range scanned(t, test.files).Services {
				got = append(got, s.Name+":"+s.Dir)
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %s, want %s", text, test.want)
			}
		})
	}
}

func TestEnvName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"backend-flask": "BACKEND_FLASK", "a.b c": "A_B_C", "api2": "API2"} {
		if got := EnvName(name); got != want {
			t.Errorf("EnvName(%q) = %q, want %q", name, got, want)
		}
	}
}
