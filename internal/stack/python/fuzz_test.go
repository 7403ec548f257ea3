package python

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
		name := Language.Manifests[int(which)%len(Language.Manifests)]
		all := func(string) bool { return true }
		root, err := tree.Walk(fstest.MapFS{name: {Data: []byte(text)}}, tree.Files{Interesting: all, Manifest: all})
		if err != nil {
			t.Fatal(err)
		}
		r := readRequirements(root, ".")
		if r == nil {
			return
		}
		lines := strings.Count(root.Text(name), "\n") + 1
		for name := range r.versions {
			if name == "" || name != strings.ToLower(name) || strings.ContainsAny(name, "_.\n") || r.lines[name] < 0 || r.lines[name] > lines {
				t.Errorf("package %q of line %d", name, r.lines[name])
			}
		}
		if limit, why := limitOf(r, lockOf(root, r)); (limit == "") != (why.Text == "") {
			t.Errorf("Python %q by %+v", limit, why)
		}
		version, _ := version(&stack.App{Tree: root, Service: stack.Service{Dir: "."}})
		if !strings.HasPrefix(version, "3.") {
			t.Errorf("version %q", version)
		}
	})
}

// FuzzSource: what is found in a source lies in it.
func FuzzSource(f *testing.F) {
	for _, seed := range []string{
		"import a, b.c\nfrom d.e import f\nos.getenv('A', 'b')\n", "@app.route('/a', methods=['GET'])\nb = Blueprint('b', url_prefix='/b')\n", "x.include_router(a.b, prefix='/c')\n@b.get('')\n",
		"def create_app(a, *, b=1):\n  Flask()\n", "app: Flask = flask.Flask(", "os.environ.get('A',",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source, lines := tree.File{Path: "app.py", Text: text}, strings.Count(text, "\n")+1
		for _, u := range uses(source) {
			if u.Name == "" || !strings.Contains(text, u.Name) || !strings.Contains(text, u.Value) || u.Where.Line > lines {
				t.Errorf("%q: %+v", text, u)
			}
		}
		for _, r := range routes([]tree.File{source}) {
			if r.At.Line < 1 || r.At.Line > lines {
				t.Errorf("%q: %+v", text, r)
			}
		}
		for _, module := range importsOf(text) {
			if !strings.Contains(text, module) || strings.Contains(module, ".") {
				t.Errorf("%q imports %q", text, module)
			}
		}
		a := &stack.App{Tree: &tree.Tree{}, Sources: []tree.File{source}, Service: stack.Service{Dir: "."}}
		if findFlask(a) && (a.Callable == "" || a.Shown.Line > lines) {
			t.Errorf("%q: Flask %q at %+v", text, a.Callable, a.Shown)
		}
	})
}
