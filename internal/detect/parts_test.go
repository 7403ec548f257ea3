package detect

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/deno"
	"github.com/devup-cli/devup/internal/tree"
)

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
