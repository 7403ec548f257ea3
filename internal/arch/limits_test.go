package arch

import (
	"bytes"
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
		checkTypes(t, name, p.Types.Scope())
	}
}

func checkTypes(t *testing.T, pkg string, scope *types.Scope) {
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
		if n := named.NumMethods(); n > maxMethods {
			t.Errorf("%s.%s has %d methods, more than %d", pkg, name, n, maxMethods)
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
