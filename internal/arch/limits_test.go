package arch

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// The limits of a package that one can live in. What outgrows them is two ideas.
const (
	maxFiles            = 25    // of a package, without tests
	maxLines            = 4_000 // of those files
	maxMethods          = 25    // of a type
	maxInterfaceMethods = 6     // with those of embedded interfaces
)

// TestLimits holds each package to the limits.
func TestLimits(t *testing.T) {
	t.Parallel()
	loaded, err := packages.Load(&packages.Config{
		Context: t.Context(), Dir: path.Join("..", ".."),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile,
	}, "./internal/...", "./cmd/...", "./templates/...")
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) < len(ours)/2 {
		t.Fatalf("only %d packages were loaded", len(loaded))
	}
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Errorf("%s: %v", p.PkgPath, e)
		}
		name := strings.TrimPrefix(p.PkgPath, module+"/")
		if n := len(p.GoFiles); n > maxFiles {
			t.Errorf("%s has %d files, more than %d", name, n, maxFiles)
		}
		if n := lines(t, p.GoFiles); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", name, n, maxLines)
		}
		for typed, n := range methods(t, p.GoFiles) {
			if n > maxMethods {
				t.Errorf("%s.%s has %d methods, more than %d", name, typed, n, maxMethods)
			}
		}
		checkInterfaces(t, name, p.Types.Scope())
	}
}

// methods counts those of each type, as they stand in the files: what the compiler exports of
// a package lacks the methods of types that are not exported.
func methods(t *testing.T, files []string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declared := range parsed.Decls {
			function, isFunction := declared.(*ast.FuncDecl)
			if !isFunction || function.Recv == nil {
				continue
			}
			of := strings.TrimPrefix(types.ExprString(function.Recv.List[0].Type), "*")
			of, _, _ = strings.Cut(of, "[")
			counts[of]++
		}
	}
	return counts
}

func checkInterfaces(t *testing.T, pkg string, scope *types.Scope) {
	t.Helper()
	for _, name := range scope.Names() {
		declared, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || declared.IsAlias() {
			continue
		}
		named, ok := declared.Type().(*types.Named)
		if !ok {
			continue
		}
		if i, ok := named.Underlying().(*types.Interface); ok && i.NumMethods() > maxInterfaceMethods {
			t.Errorf("the interface %s.%s has %d methods, more than %d", pkg, name, i.NumMethods(), maxInterfaceMethods)
		}
	}
}

// lines counts those of files.
func lines(t *testing.T, files []string) (n int) {
	t.Helper()
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(content, []byte("\n"))
	}
	return n
}
