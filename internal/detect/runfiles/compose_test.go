package runfiles

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestParseCompose: what is taken of a service, from every form of each key.
func TestParseCompose(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"a directory to build", "services:\n  web:\n    build: ./web/\n", "web:2 in web"},
		{"the root", "services: {web: {build: .}}", "web:1 in ."},
		{"a context and a Dockerfile", "services: {web: {build: {context: web, dockerfile: dev.Dockerfile}}}", "web:1 in web by dev.Dockerfile"},
		{"no context", "services: {web: {build: {dockerfile: Dockerfile}}}", "web:1 in . by Dockerfile"},
		{"a Dockerfile below the context", "services: {web: {build: {context: ., dockerfile: ./apps/web/Dockerfile}}}", "web:1 in apps/web by Dockerfile"},
		{"a repository", "services: {web: {build: 'https://x/y.git'}}", "web:1"},
		{"a path of the machine", "services: {web: {build: /srv/web}}", "web:1"},
		{"an image of the language with the source mounted", "services: {web: {image: 'node:20', volumes: ['data:/x', './web:/app:ro']}}", "web:1 in web"},
		{"another image that works in the mount", "services: {web: {image: mine, working_dir: /app/, volumes: ['./web:/app']}}", "web:1 in web"},
		{"another image", "services: {web: {image: mine, volumes: ['./web:/app']}}", "web:1"},
		{"a port", "services:\n  web:\n    ports:\n      - 3001:3000\n", "web:2 port 3001:3000 at 4"},
		{"the first of TCP", "services: {web: {ports: ['1:1/udp', '2:2/tcp', '3:3']}}", "web:1 port 2:2 at 1"},
		{"a port in full", "services: {web: {ports: [{target: 80, published: '8080', protocol: tcp}]}}", "web:1 port 8080:80 at 1"},
		{"a port with variables", "services: {web: {ports: ['${PORT:-3000}:${INNER}', '${HOST_PORT}:81']}}", "web:1 port 4444:81 at 1"},
		{"ports of another form", "services: {web: {ports: 80}}", "web:1"},
		{"a command", "services: {web: {command: [npm, run, dev]}, api: {command: flask run}}", "api:1 runs flask run|web:1 runs npm run dev"},
		{"variables of a mapping", "services: {web: {environment: {A: 1, B: null, C: ''}}}", "web:1 sets A C"},
		{"variables of a list", "services: {web: {environment: [A=1, B, C=]}}", "web:1 sets A C"},
		{"what is merged in", "x-a: &a {build: web, command: x}\nservices: {web: {<<: *a, command: y}}", "web:2 in web runs y"},
		{"what is merged in, again and again", "x-a: &a {build: web}\nx-b: &b {<<: *a}\nservices: {web: {<<: *b}}", "web:3 in web"},
		{"an alias of a service", "x-a: &a {build: web}\nservices: {web: *a}", "web:2 in web"},
		{"nothing", "", ""},
		{"no services", "services: [a]", ""},
		{"a service that is none", "services: {web: x}", "web:1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all, err := ParseCompose("compose.yaml", test.text, map[string]string{"HOST_PORT": "4444"})
			if err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(all, func(a, b *ComposeService) int { return strings.Compare(a.Name, b.Name) })
			var got []string
			for _, s := range all {
				text := fmt.Sprintf("%s:%d", s.Name, s.Line)
				if s.Dir != "" {
					text += " in " + s.Dir
				}
				if s.Dockerfile != "" {
					text += " by " + s.Dockerfile
				}
				if s.Target != 0 {
					text += fmt.Sprintf(" port %d:%d at %d", s.Published, s.Target, s.PortEvidence.Line)
				}
				if s.Command != "" {
					text += " runs " + s.Command
				}
				maps.DeleteFunc(s.Env, func(_ string, v composeValue) bool { return !v.Set })
				if len(s.Env) > 0 {
					text += " sets " + strings.Join(slices.Sorted(maps.Keys(s.Env)), " ")
				}
				got = append(got, text)
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
	if _, err := ParseCompose("compose.yaml", "services: [", nil); err == nil {
		t.Error("no error for what is no YAML")
	}
}

// FuzzParseCompose: whatever a Compose file holds, directories lie in the repository and ports
// are some.
func FuzzParseCompose(f *testing.F) {
	for _, seed := range []string{"services: {a: {build: {context: ../.., dockerfile: ../x/D}}}", "services:\n  a: &a\n    <<: *a\n    ports: [1:2:3, {target: -1}]\n", "services: {a: {volumes: ['.:/', './x'], working_dir: /, environment: [A, 1]}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := ParseCompose("compose.yaml", text, nil)
		if err != nil {
			return
		}
		for _, s := range all {
			if s.Target < 0 || s.Target > 65535 || s.Published < 0 || s.Published > 65535 || (s.Target == 0) != (s.PortEvidence.Line == 0) || strings.HasPrefix(s.Dir, "/") {
				t.Errorf("%q: %+v", text, s)
			}
		}
	})
}

// TestParsePortMapping: Compose's short form of a port.
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
