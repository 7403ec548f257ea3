package consent

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	m := Memory{filepath.Join(t.TempDir(), "state", "consent")}
	if _, known := m.Answer("/a", "x"); known {
		t.Error("an answer before the question")
	}
	for question, yes := range map[string]bool{"x": true, "y": false} {
		if err := m.Keep("/a", question, yes); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		checkout, question string
		yes, known         bool
	}{{"/a", "x", true, true}, {"/a", "y", false, true}, {"/a", "z", false, false}, {"/b", "x", false, false}} {
		if yes, known := m.Answer(c.checkout, c.question); yes != c.yes || known != c.known {
			t.Errorf("%s in %s: %v, %v, want %v, %v", c.question, c.checkout, yes, known, c.yes, c.known)
		}
	}
	if info, err := os.Stat(m.file("/a")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if err := os.Rename(m.file("/a"), m.file("/b")); err != nil {
		t.Fatal(err)
	}
	if _, known := m.Answer("/b", "x"); known {
		t.Error("the answers of one checkout count for another")
	}
	if err := os.WriteFile(m.file("/b"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, known := m.Answer("/b", "x"); known {
		t.Error("half a file answers")
	}
}

func TestNonce(t *testing.T) {
	t.Parallel()
	m := Memory{filepath.Join(t.TempDir(), "consent")}
	first := m.Nonce()
	if len(first) != 32 || m.Nonce() != first {
		t.Errorf("the nonce is %q, then %q", first, m.Nonce())
	}
	if one, two := (Memory{}).Nonce(), (Memory{}).Nonce(); one == two {
		t.Error("without a directory the nonce is known")
	}
	if err := (Memory{}).Keep("/a", "x", true); err != nil {
		t.Error(err)
	}
}

// TestADirectoryOfOthers: what another user could have written is no answer.
func TestADirectoryOfOthers(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	m := Memory{filepath.Join(above, "consent")}
	if err := m.Keep("/a", "x", true); err != nil {
		t.Fatal(err)
	}
	link := Memory{filepath.Join(above, "link")}
	if err := os.Symlink(m.Dir, link.Dir); err != nil {
		t.Fatal(err)
	}
	if _, known := link.Answer("/a", "x"); known || link.Keep("/a", "x", true) == nil {
		t.Error("a link is followed")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root gives a directory away")
	}
	if err := os.Chown(m.Dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, known := m.Answer("/a", "x"); known || m.Keep("/a", "x", true) == nil {
		t.Error("the directory of another user answers")
	}
	if _, known := m.Answer("", "x"); known {
		t.Error("a checkout without a word has answers")
	}
}
