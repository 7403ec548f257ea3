package daemon

import (
	"fmt"
	"log"
	"strings"
	"sync"

	"github.com/docker/go-units"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Limits for the failures in the log, in bytes. Every client of the process can cause
// failures without end, and chooses much of their text.
const (
	maxFailures = 1 << 20 // all that one process writes
	maxFailure  = 2 << 10 // one
)

// FailureLog writes failures to a log: cleaned, cut, repetitions as a count, and
// [maxFailures] bytes at most. Lines that clients cannot cause go to the log itself.
type FailureLog struct {
	to *log.Logger

	mu       sync.Mutex
	left     int    // bytes
	last     string // the last failure
	repeated int    // how often it occurred after it was written
}

// NewFailureLog makes one that writes to a log.
func NewFailureLog(to *log.Logger) *FailureLog { return &FailureLog{to: to, left: maxFailures} }

// Logger gives what packages of the standard library write failures to.
func (f *FailureLog) Logger() *log.Logger { return log.New(f, "", 0) }

// Write takes one failure from a [log.Logger].
func (f *FailureLog) Write(text []byte) (int, error) {
	failure := strings.TrimRight(string(text), "\n")
	failure = Shorten(strings.ReplaceAll(failure, "\n", "\n\t"), maxFailure) // no line of it can be taken for another entry
	f.mu.Lock()
	defer f.mu.Unlock()
	if failure == f.last {
		f.repeated++
		return len(text), nil
	}
	f.count()
	f.last = failure
	f.print(failure)
	return len(text), nil
}

// Flush writes how often the last failure was repeated.
func (f *FailureLog) Flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count()
}

func (f *FailureLog) count() {
	if f.repeated > 0 {
		f.print(fmt.Sprintf("the last failure was repeated, times: %d", f.repeated))
	}
	f.repeated = 0
}

func (f *FailureLog) print(line string) {
	const stamp = 24 // bytes that the log adds, about
	if f.left <= 0 {
		return
	}
	f.left -= len(line) + stamp
	f.to.Print(line)
	if f.left <= 0 {
		f.to.Printf("failures fill %s of this log; further ones are not written", units.BytesSize(maxFailures))
	}
}

// Shorten cuts text that a client chose, and cleans it for a terminal.
func Shorten(text string, limit int) string {
	if len(text) > limit {
		text = text[:limit] + "..."
	}
	return untrusted.Lines(text, false)
}
