package arch

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/tools/go/types/typeutil"
)

// mayRead are the files and directories that match the text of an error or words of failure, and
// why that is no second diagnosis.
var mayRead = map[string]string{
	"diagnose":               "it is the diagnosis",
	"composefile":            "the errors of Compose's loader have no types; they get the line of the file that they are about",
	"build/failure.go":       "the line of the Dockerfile, and the wrapping around a message",
	"registry/refusal.go":    "the wrapping around a message that no rule knows",
	"cli/command/usage.go":   "the errors of cobra have no types",
	"cli/execcmd/refusal.go": "the runtime's words come in the stream of the command's output, where they are kept back",
	"engine/probe.go":        "what ssh printed, out of a longer message",
	"run/conflict.go":        "the ID of a container in an error that has a type",
	"run/explain.go":         "the names of containers in an error that a rule knows",
	"settings/file.go":       "the line of the YAML",
	"ui/error.go":            "whether devup's own message has its cause in it",
	"ui/plain.go":            "the beginning of devup's own words",
	"untrusted/file.go":      "os.Root has no type for a path that leads out of it",
}

var (
	matchers     = regexp.MustCompile(`^(?:strings|bytes)\.(?:Contains|HasPrefix|HasSuffix|EqualFold|Index|LastIndex|Cut|CutPrefix|CutSuffix)$|regexp\.Regexp\)\.(?:Match|Find)|regexp\.(?:New|Compile|MustCompile)$`)
	failureWords = regexp.MustCompile(`(?i)\b(?:error|errors|failed|cannot|can't|could not|couldn't|unable|no such|denied|forbidden|unauthorized|refused|invalid|exception|traceback|panic|crashed|timed out|unavailable|unexpected|not (?:found|running|allowed|supported|exist|permitted)|does not exist|already|in use|cancell?ed)\b`)
)

// TestFailureTextIsReadInOnePlace: only package diagnose decides by the text of a failure what is
// the matter. Elsewhere no text of an error is matched, and no pattern has words of failure but
// those of rules.
func TestFailureTextIsReadInOnePlace(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := ourPackages()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range loaded {
		for _, file := range p.Syntax {
			reader := textReader{info: p.TypesInfo, errors: map[types.Object]bool{}}
			ast.Inspect(file, reader.visit)
			for _, at := range reader.found {
				place := p.Fset.Position(at)
				name, _ := filepath.Rel(root, place.Filename)
				name = filepath.ToSlash(name)
				reason := ""
				for dir := name; dir != "." && reason == ""; dir = path.Dir(dir) {
					reason = mayRead[dir]
					used[dir] = used[dir] || reason != ""
				}
				if reason == "" {
					t.Errorf("%s:%d matches the text of a failure: make it a rule of package diagnose", name, place.Line)
				}
			}
		}
	}
	for name := range mayRead {
		if !used[name] {
			t.Errorf("%s matches no text of a failure any more", name)
		}
	}
}

// textReader finds where a file matches the text of failures.
type textReader struct {
	info   *types.Info
	errors map[types.Object]bool // variables that hold the text of an error
	found  []token.Pos
}

func (r *textReader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		return types.TypeString(r.info.TypeOf(n), nil) != internal+"diagnose/rule.Rule"
	case *ast.AssignStmt:
		for i, right := range n.Rhs {
			if name, ok := n.Lhs[i].(*ast.Ident); ok && r.ofError(right) {
				r.errors[r.info.ObjectOf(name)] = true
			}
		}
	case *ast.CallExpr:
		called, ok := typeutil.Callee(r.info, n).(*types.Func)
		if !ok || !matchers.MatchString(called.FullName()) {
			break
		}
		for _, argument := range n.Args {
			if r.ofError(argument) || failureWords.MatchString(r.constant(argument)) {
				r.found = append(r.found, n.Pos())
				break
			}
		}
	}
	return true
}

// ofError reports whether an expression is made of what an error says.
func (r *textReader) ofError(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			found = found || r.errors[r.info.ObjectOf(n)]
		case *ast.SelectorExpr:
			method, ok := r.info.ObjectOf(n.Sel).(*types.Func)
			found = found || ok && method.Name() == "Error" && method.Signature().Params().Len() == 0
		}
		return !found
	})
	return found
}

// constant is the text of a constant, also where it is converted to bytes.
func (r *textReader) constant(e ast.Expr) string {
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 {
		e = call.Args[0]
	}
	if value := r.info.Types[e].Value; value != nil && value.Kind() == constant.String {
		return constant.StringVal(value)
	}
	return ""
}
