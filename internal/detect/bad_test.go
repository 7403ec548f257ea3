package detect

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/untrusted"
)

// TestBadInput: files that are no text, no end or no tree make a sentence or nothing, never a
// failure. The good service next to them is found all the same.
func TestBadInput(t *testing.T) {
	t.Parallel()
	const good = "-- good/requirements.txt --\nflask\n-- good/app.py --\nfrom flask import Flask\napp = Flask(__name__)\n"
	deep := strings.Repeat("d/", 200)
	for _, test := range []struct {
		name, files string
		more        func(t *testing.T, dir string)
		want        string // a rejection; empty for none
	}{
		{
			name:  "workspaces that hold each other",
			files: "-- package.json --\n{\"workspaces\": [\"a\", \".\", \"../*\", \"a/..\"]}\n-- a/package.json --\n{\"name\": \"a\", \"workspaces\": [\"..\", \"b\"], \"dependencies\": {\"b\": \"*\"}}\n-- a/b/package.json --\n{\"name\": \"b\", \"dependencies\": {\"a\": \"file:..\", \"b\": \"link:.\"}}\n",
			want:  "no .: the root of a workspace: its members are examined instead",
		},
		{name: "a package.json that is binary", more: content("a/package.json", "\x7fELF\x00\x01\x02"), want: "left out a: package.json is not valid JSON"},
		{name: "a package.json of another shape", more: content("a/package.json", `[{"scripts": 3}]`), want: "left out a: package.json is no JSON object"},
		{name: "half a pom.xml", more: content("a/pom.xml", "<project><dependencies><dependency><groupId>org.spring"), want: "left out a: pom.xml is not valid XML: line 1"},
		{name: "a Cargo.toml that ends in a string", more: content("a/Cargo.toml", "[dependencies]\naxum = \"0."), want: "left out a: Cargo.toml is not valid TOML"},
		{name: "a Dockerfile that is binary", more: content("a/Dockerfile", "\x00\x00\x00FROM x"), want: "left out a: Dockerfile has no FROM"},
		{name: "a Dockerfile that refers to itself", more: content("a/Dockerfile", "ARG A=$A\nFROM $A AS a\nFROM a AS a\nFROM a\nEXPOSE $A\nCMD $A"), want: "left out a: Dockerfile names no port"},
		{name: "a compose file in a directory with a hostile name", more: content("$(touch pwn); x/compose.yaml", "services: {}\n"), want: "`devup -C '$(touch pwn); x' up` runs it"},
		{name: "a compose file that refers to itself", more: content("a/compose.yaml", "services: &s\n  a: {build: ., <<: *s}\n"), want: "left out a: compose.yaml is not included"},
		{name: "a Procfile that goes out", more: content("Procfile", "web: cd ../../.. && A=1 B=2 C=\nx: cd / ; y\n: z\n"+"a: "+strings.Repeat("A=1 ", 50_000)+"x\n")},
		{name: "settings that are code", more: content("a/settings.py", "import os\nexec(open('/dev/zero').read())\n")},
		{name: "a lock file of 200 MB", more: func(t *testing.T, dir string) {
			t.Helper()
			content("a/package.json", `{"scripts": {"start": "vite"}, "dependencies": {"vite": "6"}}`)(t, dir)
			content("a/package-lock.json", strings.Repeat(`{"packages": {"": `, 10))(t, dir)
			if err := os.Truncate(filepath.Join(dir, "a/package-lock.json"), 200<<20); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "links that lead to themselves", more: func(t *testing.T, dir string) {
			t.Helper()
			if runtime.GOOS == "windows" {
				t.Skip("links need a privilege there")
			}
			for name, to := range map[string]string{"loop": ".", "package.json": "package.json", "good/up": "..", "out": "/"} {
				if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{name: "a go.mod that is binary", more: content("a/go.mod", "\x7fELF\x00\x01"), want: "no a: a Go module without a program"},
		{name: "migrations that are no text", more: func(t *testing.T, dir string) {
			t.Helper()
			content("a/go.mod", "module a\nrequire github.com/lib/pq v1.10.9\n")(t, dir)
			content("a/main.go", "package main\nfunc main() { sql.Open(\"postgres\", os.Getenv(\"DATABASE_URL\")); http.ListenAndServe(\":80\", nil) }\n")(t, dir)
			for i := range 300 {
				content(fmt.Sprintf("a/db/%d/$(x) '.sql", i), "\x00\x01-- +goose Up\x00")(t, dir)
			}
		}, want: "a (go) in a: Go\n"},
		{name: "a tree that is deep", more: content(deep+"package.json", `{"scripts": {"start": "vite"}}`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for name, file := range filesOf(good + test.files) {
				content(name, string(file.Data))(t, dir)
			}
			if test.more != nil {
				test.more(t, dir)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			repo, err := Scan(untrusted.FS(root))
			if err != nil {
				t.Fatal(err)
			}
			found(t, repo, "good")
			if text := explain(repo); !strings.Contains(text, test.want) {
				t.Errorf("no %q in\n%s", test.want, text)
			}
		})
	}
}

// content writes a file of a test's repository.
func content(name, text string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
