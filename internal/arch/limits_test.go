package arch

import (
	"bytes"
	"go/ast"
	"go/types"
	"os"
	"path"
	"strings"
	"sync"
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

// ourPackages are those of the module with their types, without tests.
var ourPackages = sync.OnceValues(func() ([]*packages.Package, error) {
	return packages.Load(&packages.Config{
		Dir:  path.Join("..", ".."),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedExportFile,
	}, "./internal/...", "./cmd/...", "./templates/...")
})

// TestLimits holds each package to the limits.
func TestLimits(t *testing.T) {
	t.Parallel()
	loaded, err := ourPackages()
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
		for typed, n := range methods(p.Syntax) {
			if n > maxMethods {
				t.Errorf("%s.%s has %d methods, more than %d", name, typed, n, maxMethods)
			}
		}
		checkInterfaces(t, name, p.Types.Scope())
	}
}

// methods counts those of each type.
func methods(files []*ast.File) map[string]int {
	counts := map[string]int{}
	for _, parsed := range files {
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
