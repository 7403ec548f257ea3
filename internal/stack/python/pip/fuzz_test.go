package pip

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// FuzzRequirements: whatever a list of packages holds, names are normalised and lines lie in it.
func FuzzRequirements(f *testing.F) {
	for _, seed := range []string{
		"flask==2.2\n-r requirements.txt\n-r ../../x\n", "[tool.poetry.dependencies]\npython = 3\nflask = {version = 2}\n", "[project]\ndependencies = [\"a[b]>=1; x\", 5]\nrequires-python = [\"x\"]\n",
		"[packages]\na = \"*\"\n[requires]\npython_version = 3\n", "setup(install_requires=[\"a\", 'b'])", "_._==1\n-._\n", "\x00", "[project\n",
	} {
		for which := range uint8(4) {
			f.Add(seed, which)
		}
	}
	f.Fuzz(func(t *testing.T, text string, which uint8) {
		name := lists[int(which)%4]
		all := func(string) bool { return true }
		root, err := tree.Walk(fstest.MapFS{name: {Data: []byte(text)}}, tree.Files{Interesting: all, Manifest: all})
		if err != nil {
			t.Fatal(err)
		}
		r := Read(root, ".")
		if r == nil {
			return
		}
		lines := strings.Count(root.Text(name), "\n") + 1
		for name := range r.Versions {
			if name == "" || name != strings.ToLower(name) || strings.ContainsAny(name, "_.\n") || r.Lines[name] < 0 || r.Lines[name] > lines {
				t.Errorf("package %q of line %d", name, r.Lines[name])
			}
		}
		if limit, why := LimitOf(r, LockOf(root, r)); (limit == "") != (why.Text == "") {
			t.Errorf("Python %q by %+v", limit, why)
		}
		version, _ := Version(&stack.App{Tree: root, Service: stack.Service{Dir: "."}})
		if !strings.HasPrefix(version, "3.") {
			t.Errorf("version %q", version)
		}
	})
}
