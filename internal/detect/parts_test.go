package detect

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/deno"
	"github.com/devup-cli/devup/internal/tree"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]address{
		"https://4567-${GITPOD_WORKSPACE_ID}.${GITPOD_WORKSPACE_CLUSTER_HOST}":       {4567, "", false},
		"https://4567-$GITPOD_WORKSPACE_ID.$GITPOD_WORKSPACE_CLUSTER_HOST/api":       {4567, "/api", false},
		"https://3000-me-cruddur-abc123.ws-eu90.gitpod.io":                           {3000, "", false},
		"https://${CODESPACE_NAME}-4567.${GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN}": {4567, "", false},
		"https://fluffy-train-4567.app.github.dev/v1":                                {4567, "/v1", false},
		"http://localhost:5000/api/":                                                 {5000, "/api/", false},
		"http://backend-flask:4567":                                                  {4567, "", false},
		"ws://127.0.0.1:8080":                                                        {8080, "", true},
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
		got := usesIn(&stack.Language{}, tree.File{Path: test.file, Text: test.text})
		if len(got) != 1 || got[0].Name != test.name || got[0].Value != test.value || got[0].Set != test.set {
			t.Errorf("usesIn(%s) = %+v, want %s %q %v", test.text, got, test.name, test.value, test.set)
		}
	}
	for _, text := range []string{`Deno.env.get("X")!`, `process.env.X`} { // a file that Node has, too
		if got := usesIn(&deno.Language, tree.File{Path: "a.ts", Text: text}); len(got) != 1 || got[0].Name != "X" || got[0].Set {
			t.Errorf("usesIn(%s) of Deno = %+v, want X", text, got)
		}
	}
	for _, text := range []string{`os.environ["X"] = "1"`, `process.env.X = "1"`} {
		for _, name := range []string{"a.py", "a.js"} {
			if got := usesIn(&stack.Language{}, tree.File{Path: name, Text: text}); len(got) != 0 {
				t.Errorf("usesIn(%s) = %+v, want none: it is set", text, got)
			}
		}
	}
}
