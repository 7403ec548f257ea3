package fail_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/page"
)

// exits is the exit code of every code. Scripts rely on it.
var exits = map[fail.Code]int{
	fail.Failed:            1,
	fail.Usage:             2,
	fail.Config:            2,
	fail.NoProject:         2,
	fail.NothingFound:      2,
	fail.UnknownService:    2,
	fail.NeedsAnswer:       2,
	fail.NoEngine:          4,
	fail.EngineDenied:      4,
	fail.EngineTooOld:      4,
	fail.EngineGone:        4,
	fail.BuildFailed:       5,
	fail.ImageMissing:      1,
	fail.PushFailed:        1,
	fail.PortTaken:         1,
	fail.Exited:            3,
	fail.NotListening:      3,
	fail.ListensOnLoopback: 3,
	fail.ServerError:       3,
	fail.Unhealthy:         3,
	fail.NoAnswer:          3,
	fail.NotReady:          3,
	fail.SetupFailed:       1,
	fail.DataLoss:          1,
	fail.Denied:            1,
	fail.DiskFull:          1,
	fail.NoProgram:         127,
	fail.NotExecutable:     126,
	fail.Interrupted:       130,
}

func TestExit(t *testing.T) {
	t.Parallel()
	for _, code := range declared(t) {
		want, known := exits[code]
		if got := code.Exit(); !known || got != want {
			t.Errorf("%s exits with %d, want %d (in the table: %v)", code, got, want, known)
		}
	}
	if got := fail.Code("of a later version").Exit(); got != 1 {
		t.Errorf("an unknown code exits with %d, want 1", got)
	}
}

// TestDocumentation holds docs/troubleshooting.md to the codes: each is listed there
// once, and no other.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	var documented []fail.Code
	for _, code := range page.Column(t, "../../docs/troubleshooting.md", "code") {
		documented = append(documented, fail.Code(code))
	}
	want := declared(t)
	slices.Sort(want)
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("codes in fail.go (-) and in docs/troubleshooting.md (+):\n%s", diff)
	}
}

// declared are the codes as the source has them, so that none is forgotten here.
func declared(t *testing.T) []fail.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "fail.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var codes []fail.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, fail.Code(text))
		}
		return false
	})
	if len(codes) == 0 {
		t.Fatal("no codes found in fail.go")
	}
	return codes
}

func TestError(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  fail.Error
		want string
	}{
		{"the message alone", fail.Error{Message: "web stopped", Hint: "not shown", Service: "web", Lines: []string{"not shown"}}, "web stopped"},
		{"with its file", fail.Error{Message: "is no YAML", File: "devup.yaml"}, "devup.yaml: is no YAML"},
		{"with file and line", fail.Error{Message: "is not a port", File: "devup.yaml", Line: 7}, "devup.yaml:7: is not a port"},
		{"a line without a file says nothing", fail.Error{Message: "is not a port", Line: 7}, "is not a port"},
		{"the cause is not repeated", fail.Error{Message: "no engine", Cause: errors.New("dial unix")}, "no engine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	taken := fail.New(fail.PortTaken, "", "port %d is taken", 3000)
	tests := []struct {
		name string
		err  error
		want fail.Code
	}{
		{"itself", taken, fail.PortTaken},
		{"wrapped", fmt.Errorf("start web: %w", taken), fail.PortTaken},
		{"the first of several", errors.Join(errors.New("other"), taken, fail.New(fail.Exited, "", "web stopped")), fail.PortTaken},
		{"the outer of two", fail.Wrap(taken, fail.NotReady, "", "2 services failed"), fail.NotReady},
		{"none", errors.New("other"), fail.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := fail.CodeOf(tt.err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWrapKeepsItsCause(t *testing.T) {
	t.Parallel()
	err := fail.Wrap(context.Canceled, fail.Interrupted, "run it again", "%s was interrupted", "up")
	if !errors.Is(err, context.Canceled) || err.Error() != "up was interrupted" || err.Hint != "run it again" {
		t.Errorf("got %q, hint %q, cause %v", err, err.Hint, err.Cause)
	}
}
