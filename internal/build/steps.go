package build

import (
	"cmp"
	"strings"
	"sync"
	"time"

	bkclient "github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// keepLines is how much of a failing step's output an error shows.
const keepLines = 20

// steps turns BuildKit's reports into events: one for every change of a step,
// and one for every line that it prints.
type steps struct {
	service string
	sink    event.Sink
	plain   func(string) string // takes out of a name what the user did not write

	mu    sync.Mutex
	seen  map[digest.Digest]*step
	order []*step
}

// step is one vertex of the build.
type step struct {
	id      string
	raw     string // as BuildKit names it
	name    string
	hidden  bool
	state   event.State
	cached  bool
	failed  string
	partial map[int]string // by stream: what came after the last line end
	lines   []string       // the last ones printed
}

func newSteps(service string, sink event.Sink, plain func(string) string) *steps {
	return &steps{service: service, sink: sink, plain: plain, seen: map[digest.Digest]*step{}}
}

func (s *steps) update(u *bkclient.SolveStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range u.Vertexes {
		s.vertex(v)
	}
	for _, l := range u.Logs {
		if st := s.seen[l.Vertex]; st != nil {
			s.log(st, l.Stream, string(l.Data))
		}
	}
}

func (s *steps) vertex(v *bkclient.Vertex) {
	st := s.seen[v.Digest]
	if st == nil {
		name := stepName(s.plain(v.Name))
		st = &step{raw: v.Name, id: s.service + "/" + v.Digest.String(), name: name, hidden: isInternal(name), partial: map[int]string{}}
		s.seen[v.Digest] = st
		s.order = append(s.order, st)
	}
	st.cached = st.cached || v.Cached
	switch {
	case diagnose.Explain(diagnose.Builder, []string{v.Error}, 0, nil).Reason == diagnose.Canceled:
		// Another step failed, or the user stopped the build.
	case v.Error != "":
		st.failed = v.Error
		s.flush(st)
		s.emit(st, event.Failed, elapsed(v))
	case v.Cached:
		s.emit(st, event.Cached, 0)
	case v.Completed != nil:
		s.flush(st)
		s.emit(st, event.Done, elapsed(v))
	case v.Started != nil:
		s.emit(st, event.Working, 0)
	}
}

func (s *steps) emit(st *step, state event.State, elapsed time.Duration) {
	if st.state == state || st.hidden {
		return
	}
	st.state = state
	s.sink(event.Event{Kind: event.Step, ID: st.id, Name: st.name, Parent: s.service, State: state, Took: elapsed})
}

// log cuts what a step printed into lines. Of a line that is written over with
// carriage returns, a progress bar, the last state counts.
func (s *steps) log(st *step, stream int, data string) {
	data = st.partial[stream] + data
	for {
		line, rest, ok := strings.Cut(data, "\n")
		if !ok {
			break
		}
		s.line(st, stream, line)
		data = rest
	}
	if at := strings.LastIndexByte(strings.TrimSuffix(data, "\r"), '\r'); at >= 0 {
		data = data[at+1:]
	}
	st.partial[stream] = data
}

func (s *steps) flush(st *step) {
	for _, stream := range []int{1, 2} {
		if rest := st.partial[stream]; rest != "" {
			st.partial[stream] = ""
			s.line(st, stream, rest)
		}
	}
}

func (s *steps) line(st *step, stream int, line string) {
	line = strings.TrimRight(line, "\r")
	if at := strings.LastIndexByte(line, '\r'); at >= 0 {
		line = line[at+1:]
	}
	if strings.HasPrefix(strings.TrimSpace(line), "━") {
		return // pip's bar of a finished download
	}
	st.lines = append(st.lines, line)
	if len(st.lines) > keepLines {
		st.lines = st.lines[1:]
	}
	if st.hidden {
		return
	}
	name := "stdout"
	if stream == 2 {
		name = "stderr"
	}
	// Output may arrive after the step's end, and does not start it again.
	s.sink(event.Event{Kind: event.Step, ID: st.id, Name: st.name, Parent: s.service, State: cmp.Or(st.state, event.Working), Text: line, Stream: name})
}

// failing is the step that made the build fail, or nil.
func (s *steps) failing(vertex string) *step {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.seen[digest.Digest(vertex)]; st != nil {
		return st
	}
	for _, st := range s.order {
		if st.failed != "" {
			return st
		}
	}
	return nil
}

// allCached reports whether no instruction had to be carried out.
func (s *steps) allCached() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.order {
		if strings.HasPrefix(st.name, "[") && !st.hidden && !st.cached && !strings.Contains(st.name, "] FROM ") {
			return false
		}
	}
	return true
}

var unnamedStage = lazyregexp.New(`^\[stage-\d+ `)

// longestName is how much of an instruction names its step: a script in one RUN is longer than a screen.
const longestName = 160

// stepName shortens what names a step: one line, the first of a heredoc, and
// without the number that BuildKit gives to a stage that has no name.
func stepName(name string) string {
	name, _, more := strings.Cut(strings.TrimSpace(name), "\n")
	name = unnamedStage.ReplaceAllString(name, "[")
	runes := []rune(strings.Join(strings.Fields(name), " "))
	if more = more || len(runes) > longestName; more {
		return string(runes[:min(len(runes), longestName)]) + " …"
	}
	return string(runes)
}

// isInternal reports whether a step is BuildKit's own housekeeping.
func isInternal(name string) bool {
	for _, prefix := range []string{"[internal]", "[auth]", "resolve image config for", "docker-image://", "writing image", "naming to"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func elapsed(v *bkclient.Vertex) time.Duration {
	if v.Started == nil || v.Completed == nil {
		return 0
	}
	return v.Completed.Sub(*v.Started)
}
