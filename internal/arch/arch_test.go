package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	module   = "github.com/devup-cli/devup"
	internal = module + "/internal/"
)

// TestPackagesImportDownOnly holds the map against what the packages really import,
// on each system that devup is built for.
func TestPackagesImportDownOnly(t *testing.T) {
	t.Parallel()
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			t.Parallel()
			for name, imports := range importsOf(t, system) {
				switch {
				case strings.HasPrefix(name, internal):
					checkInternal(t, strings.TrimPrefix(name, internal), imports)
				case name == module+"/cmd/devup":
					checkMain(t, imports)
				}
			}
		})
	}
}

func checkInternal(t *testing.T, name string, imports []string) {
	t.Helper()
	allowed, drawn := ours[name]
	if !drawn {
		t.Errorf("package %s is not on the map: say in map_test.go what it may import", name)
		return
	}
	for _, imported := range imports {
		if other, ok := strings.CutPrefix(imported, internal); ok {
			below := slices.Contains(allowed, anything) && !strings.HasPrefix(other, "cli")
			if !slices.Contains(allowed, other) && !below {
				t.Errorf("%s imports %s; the map allows it %v", name, other, allowed)
			}
			continue
		}
		for library, owners := range only {
			owned := slices.ContainsFunc(owners, func(o string) bool { return o == name || strings.HasPrefix(name, o+"/") })
			if strings.HasPrefix(imported, library) && !owned {
				t.Errorf("%s imports %s, which belongs to %v", name, imported, owners)
			}
		}
		for _, banned := range never[name] {
			if imported == banned || strings.HasPrefix(imported, banned+"/") {
				t.Errorf("%s imports %s, which it must do without", name, imported)
			}
		}
	}
}

// checkMain keeps main so small that it needs no test: of ours it knows cli alone.
func checkMain(t *testing.T, imports []string) {
	t.Helper()
	for _, imported := range imports {
		if strings.Contains(imported, ".") && imported != internal+"cli" {
			t.Errorf("cmd/devup imports %s; it should hand over to cli", imported)
		}
	}
}

// TestMapHasNoCycle shows that what the map allows can be built at all, and that "down"
// has a meaning.
func TestMapHasNoCycle(t *testing.T) {
	t.Parallel()
	state := map[string]int{} // 1: on the way, 2: done
	var visit func(name string, way []string)
	visit = func(name string, way []string) {
		if state[name] == 1 {
			t.Errorf("the map goes round: %s", strings.Join(append(way, name), " -> "))
		}
		if state[name] != 0 {
			return
		}
		state[name] = 1
		for _, next := range ours[name] {
			if next != anything {
				visit(next, append(slices.Clone(way), name))
			}
		}
		state[name] = 2
	}
	for name, imports := range ours {
		visit(name, nil)
		for _, imported := range imports {
			if _, drawn := ours[imported]; !drawn && imported != anything {
				t.Errorf("%s may import %s, which is not on the map", name, imported)
			}
		}
	}
}

// importsOf lists the packages of the module and what their code, without tests,
// imports when built for that system.
func importsOf(t *testing.T, system string) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "./...")
	list.Dir = path.Join("..", "..")
	list.Env = append(list.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("read go list's output: %v", err)
		}
		found[p.ImportPath] = p.Imports
	}
	if len(found) < len(ours)/2 {
		t.Fatalf("go list found only %d packages", len(found))
	}
	return found
}
