package stack

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/tree"
)

// treeOf is a repository with these files.
func treeOf(t *testing.T, files ...string) *tree.Tree {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range files {
		fsys[name] = &fstest.MapFile{Data: []byte("x")}
	}
	all := func(string) bool { return true }
	root, err := tree.Walk(fsys, tree.Files{Interesting: all, Manifest: all})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// toy is a language without code of its own, with two stacks.
func toy() (*Language, []*Stack) {
	language := &Language{Name: "toy", Manifests: []string{"toy.mod"}, Versions: []string{"3", "2"}}
	start := func(command string) func(*App) Commands {
		return func(*App) Commands { return Commands{Dev: []string{command}} }
	}
	holds := func(name string) func(*App) bool {
		return func(a *App) bool { return a.Directory().Has(name) }
	}
	return language, []*Stack{
		{Name: "board", Title: "Board", Language: language, Port: 4000, Frontend: true, Find: holds("board.toy"), Commands: start("board")},
		{Name: "toy", Title: "Toy", Language: language, Find: holds("main.toy"), Commands: start("toy")},
	}
}

// TestServices: a language needs no code to have its services found.
func TestServices(t *testing.T) {
	t.Parallel()
	language, stacks := toy()
	root := treeOf(t, "a/toy.mod", "a/main.toy", "a/board.toy", "b/toy.mod", "b/main.toy", "c/toy.mod", "d/main.toy")
	var got []string
	for _, a := range language.Services(root, stacks) {
		got = append(got, a.Dir+" "+a.Stack.Title)
	}
	for _, r := range root.Rejected {
		got = append(got, "no "+r.Dir+": "+r.Why)
	}
	want := []string{"a Board", "b Toy", "no c: toy.mod, but no server that devup knows"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
}

// TestComplete: a service of a stack whose files no one has seen.
func TestComplete(t *testing.T) {
	t.Parallel()
	_, stacks := toy()
	got := stacks[0].Complete(Service{Name: "x"})
	if got.Port.Number != 4000 || got.HostPort != 4000 || !got.Frontend || got.Runtime.Version != "3" || strings.Join(got.Prod, " ") != "board" {
		t.Errorf("Complete = %+v", got)
	}
	given := stacks[0].Complete(Service{Name: "x", Port: Port{Number: 1}, Dev: []string{"mine"}})
	if given.HostPort != 1 || strings.Join(given.Dev, " ") != "mine" || strings.Join(given.Prod, " ") != "mine" {
		t.Errorf("Complete = %+v, want what was given", given)
	}
}

func TestPlainVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"v18.x": "18", "3.11.4": "3.11.4", "18.*": "18", "3.X.x": "3", "lts/*": "", "latest": "", "": "", "1.2.3.4": "", "100": "", ">=3": "", "3 ": "",
	} {
		if got := PlainVersion(text); got != want {
			t.Errorf("PlainVersion(%q) = %q, want %q", text, got, want)
		}
	}
}
