package history

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTheLastRunsAreKept: ten of them, the latest first, whatever else lies in the directory.
func TestTheLastRunsAreKept(t *testing.T) {
	t.Parallel()
	s := Store{Dir: filepath.Join(t.TempDir(), "runs", "shop")}
	if got := s.Load(); len(got) != 0 {
		t.Errorf("before the first run there are %d", len(got))
	}
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range maxRuns + 3 {
		r := Begin()
		r.Add(map[string]int{"number": i})
		run := r.End(i, nil)
		run.Began = began.Add(time.Duration(i) * time.Minute)
		if err := s.Save(run); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string]string{"9999999999999.json": `{"half`, "note.txt": "x"} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	runs := s.Load()
	if len(runs) != maxRuns {
		t.Fatalf("%d runs are kept", len(runs))
	}
	var latest Run
	if err := json.Unmarshal(runs[0], &latest); err != nil || latest.ExitCode != maxRuns+2 || len(latest.Events) != 1 {
		t.Errorf("the first is %s, %v", runs[0], err)
	}
}

func TestARunIsBounded(t *testing.T) {
	t.Parallel()
	r := Begin()
	for i := range maxEvents + 10 {
		r.Add(i)
	}
	if got := r.End(0, nil); len(got.Events) != maxEvents || got.Failures == nil {
		t.Errorf("%d events are kept", len(got.Events))
	}
}

func TestNothingIsKeptWithoutADirectory(t *testing.T) {
	t.Parallel()
	if err := (Store{}).Save(Begin().End(0, nil)); err != nil || len((Store{}).Load()) != 0 {
		t.Error(err)
	}
}
