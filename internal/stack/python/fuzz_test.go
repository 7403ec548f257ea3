package python

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

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
		if findFlask(a) && (a.Callable == "" || a.FoundAt.Line > lines) {
			t.Errorf("%q: Flask %q at %+v", text, a.Callable, a.FoundAt)
		}
	})
}
