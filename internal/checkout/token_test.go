package checkout

import (
	"os"
	"path/filepath"
	"testing"
)

// TestID: another clone at the same path is another checkout, and so is a copy.
func TestID(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(dir string) *Checkout { return At(dir, "", nil) }
	if id := at(dir).ID(t.Context()); id != "" {
		t.Errorf("before it is made, the ID is %q", id)
	}
	id, err := at(dir).MakeID(t.Context())
	if err != nil || id == "" {
		t.Fatalf("%q, %v", id, err)
	}
	if again, err := at(dir).MakeID(t.Context()); err != nil || again != id || at(dir).ID(t.Context()) != id {
		t.Errorf("the ID is %q, %v, and was %q", again, err, id)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if got := at(link).ID(t.Context()); got != id {
		t.Errorf("through a link the ID is %q, want %q", got, id)
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if got := at(copied).ID(t.Context()); got == id {
		t.Error("a copy has the ID of the checkout")
	}
	if err := os.RemoveAll(filepath.Join(dir, Dir)); err != nil {
		t.Fatal(err)
	}
	if next, err := at(dir).MakeID(t.Context()); err != nil || next == id {
		t.Errorf("the next checkout at the path has the ID %q, %v", next, err)
	}
	token := filepath.Join(dir, Dir, TokenFile)
	if err := os.WriteFile(token, []byte("../x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := at(dir).ID(t.Context()); got != "" {
		t.Errorf("a file of another form gives %q", got)
	}
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", token); err != nil {
		t.Fatal(err)
	}
	if got, err := at(dir).MakeID(t.Context()); err == nil {
		t.Errorf("with a link in its place the ID is %q", got)
	}
}
