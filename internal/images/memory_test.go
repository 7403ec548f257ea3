package images

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTheMemoryLastsAndServesSeveralAtOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	var group sync.WaitGroup
	for i := range 8 { // several devups at once
		group.Go(func() {
			m := recall(dir)
			m.add("built sha256:%d inputs", i)
			m.add("built sha256:%d inputs", i)
			m.add("current redis:7 sha256:1 %d", 100+i)
			m.save()
		})
	}
	group.Wait()
	m := recall(dir)
	for i := range 8 {
		if id := fmt.Sprintf("sha256:%d", i); !m.built(id, "inputs") || m.built(id, "others") || !m.builtHere(id) {
			t.Errorf("%s is forgotten", id)
		}
	}
	if at := m.current("redis:7", "sha256:1"); at.Before(time.Unix(100, 0)) || at.After(time.Unix(107, 0)) {
		t.Errorf("redis was current at %v", at)
	}
	if at := m.current("redis:7", "sha256:2"); !at.IsZero() {
		t.Errorf("another image was current at %v", at)
	}
}

func TestTheMemoryDoesNotGrowForever(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b strings.Builder
	for i := range manyFacts + 1 {
		fmt.Fprintf(&b, "built sha256:%d inputs\n", i)
	}
	b.WriteString("built sha256:half") // a write that broke off
	if err := os.WriteFile(filepath.Join(dir, "images"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // as it is read, and as it was left
		m := recall(dir)
		if len(m.facts) > manyFacts/2 || !m.built(fmt.Sprintf("sha256:%d", manyFacts), "inputs") || m.builtHere("sha256:0") || m.builtHere("sha256:half") {
			t.Fatalf("%d facts are left, and not the youngest", len(m.facts))
		}
	}
}

func TestWithoutADirectoryTheMemoryLastsForTheRun(t *testing.T) {
	t.Parallel()
	m := recall("")
	m.add("serves sha256:1 linux/arm64")
	m.save()
	if !m.serves("sha256:1", "linux/arm64") || recall("").serves("sha256:1", "linux/arm64") {
		t.Error("a memory without a file is shared or empty")
	}
}
