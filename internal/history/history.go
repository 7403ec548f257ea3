// Package history keeps what the last runs of `devup up` did: each event with the time that it
// took, and the failures, as --json prints them. It is for looking back; no run reads it to decide.
package history

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Run is one run. Its names are a promise.
type Run struct {
	Type     string    `json:"type"` // "run"
	Project  string    `json:"project"`
	Dir      string    `json:"dir"`
	Files    []string  `json:"config_files"`
	Began    time.Time `json:"began"`
	Took     float64   `json:"took"` // seconds
	ExitCode int       `json:"exit_code"`
	Events   []any     `json:"events"`   // the last event of each resource, in the order of their ends
	Failures []any     `json:"failures"` // as --json prints errors
}

// Limits of what is kept.
const (
	maxRuns   = 10      // of a project
	maxEvents = 2_000   // of a run
	maxFile   = 4 << 20 // bytes that are read of one
)

// Recorder collects a run while it goes on. It is safe for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	began time.Time
	all   []any
}

// Begin begins the record of a run.
func Begin() *Recorder { return &Recorder{began: time.Now()} }

// Add takes an event that ended something, as JSON has it.
func (r *Recorder) Add(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) < maxEvents {
		r.all = append(r.all, event)
	}
}

// End gives the run.
func (r *Recorder) End(exitCode int, failures []any) Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Run{
		Type: "run", Began: r.began.UTC(), Took: time.Since(r.began).Seconds(), ExitCode: exitCode,
		Events: append([]any{}, r.all...), Failures: append([]any{}, failures...),
	}
}

// Store keeps the last runs of one project in a directory; with an empty one it keeps none.
type Store struct{ Dir string }

// Save keeps a run, and drops the oldest where there are too many.
func (s Store) Save(r Run) error {
	if s.Dir == "" {
		return nil
	}
	if err := owner.PrivateDir(s.Dir); err != nil {
		return err
	}
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := atomicfile.Replace(filepath.Join(s.Dir, strconv.FormatInt(r.Began.UnixMilli(), 10)+".json"), content); err != nil {
		return err
	}
	files := s.files()
	for _, old := range files[min(maxRuns, len(files)):] {
		_ = os.Remove(filepath.Join(s.Dir, old)) // another devup may have removed it
	}
	return nil
}

// Clear forgets the last run, if that failed: of a project that is removed there is nothing to do
// about it.
func (s Store) Clear() {
	if last, ok := s.Last(); ok && last.ExitCode != 0 {
		_ = os.Remove(filepath.Join(s.Dir, s.files()[0])) // else it is shown once more
	}
}

// Last gives the last run.
func (s Store) Last() (last Run, ok bool) {
	names := s.files()
	if len(names) == 0 {
		return Run{}, false
	}
	content, err := untrusted.ReadFile(filepath.Join(s.Dir, names[0]), maxFile)
	return last, err == nil && json.Unmarshal(content, &last) == nil
}

// Load gives the runs, the latest first. Files that hold none are left out.
func (s Store) Load() []json.RawMessage {
	runs := []json.RawMessage{}
	for _, name := range s.files() {
		content, err := untrusted.ReadFile(filepath.Join(s.Dir, name), maxFile)
		if err == nil && json.Valid(content) {
			runs = append(runs, content)
		}
	}
	return runs
}

// files are the names of the runs' files, the latest first.
func (s Store) files() []string {
	entries, err := os.ReadDir(s.Dir)
	if s.Dir == "" || err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".json" {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { // times in milliseconds: the longer is the later
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(b, a))
	})
	return names
}
