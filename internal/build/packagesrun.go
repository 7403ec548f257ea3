package build

import (
	"bytes"
	"io"
	"strconv"
	"time"

	bkclient "github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// PackagesRun reports an installation that runs in a container as the steps of a build.
type PackagesRun struct {
	spec    Spec
	all     []PackagesStep
	steps   *steps
	current *bkclient.Vertex
	at      int
	next    int // the step that begins next
}

// Run begins the report of an installation in steps.
func (p *Packages) Run(steps []PackagesStep, sink event.Sink) *PackagesRun {
	return &PackagesRun{spec: p.spec, all: steps, steps: newSteps(p.spec.Service, sink, func(name string) string { return name })}
}

// begin reports that a step begins, and that the one before ended well. A number out of turn is
// what a step printed itself, and says nothing.
func (r *PackagesRun) begin(step int) {
	if step != r.next {
		return
	}
	r.next++
	r.End("")
	if step >= len(r.all) {
		return
	}
	now, name := time.Now(), r.all[step].name
	r.at, r.current = step, &bkclient.Vertex{Digest: digest.FromString(name), Name: name, Started: &now}
	r.steps.update(&bkclient.SolveStatus{Vertexes: []*bkclient.Vertex{r.current}})
}

// StepMark begins a line, with the number of a step, that says that the step begins.
const StepMark = '\036'

// Write takes what the steps print, with the lines that say which one begins. It never fails.
func (r *PackagesRun) Write(text []byte) (int, error) {
	for rest := text; len(rest) > 0; {
		before, after, marked := bytes.Cut(rest, []byte{StepMark})
		r.output(1, before)
		if rest = after; marked {
			number, behind, _ := bytes.Cut(after, []byte("\n"))
			if n, err := strconv.Atoi(string(number)); err == nil {
				r.begin(n)
			}
			rest = behind
		}
	}
	return len(text), nil
}

// Errors takes what the steps print on stderr.
func (r *PackagesRun) Errors() io.Writer { return packagesErrors{r} }

type packagesErrors struct{ run *PackagesRun }

func (w packagesErrors) Write(text []byte) (int, error) {
	w.run.output(2, text)
	return len(text), nil
}

// output reports what the step prints; stream is 1 or 2.
func (r *PackagesRun) output(stream int, text []byte) {
	if r.current != nil {
		r.steps.update(&bkclient.SolveStatus{Logs: []*bkclient.VertexLog{{Vertex: r.current.Digest, Stream: stream, Data: text}}})
	}
}

// End reports the end of the step that runs, and how it failed: empty for an end that is well.
func (r *PackagesRun) End(failed string) {
	if r.current == nil {
		return
	}
	now := time.Now()
	r.current.Completed, r.current.Error = &now, failed
	r.steps.update(&bkclient.SolveStatus{Vertexes: []*bkclient.Vertex{r.current}})
	r.current = nil
}

// Failure is the error of the step that ended with an exit code: that of a build which fails
// in the same step.
func (r *PackagesRun) Failure(status int) error {
	failed := "exit code: " + strconv.Itoa(status)
	r.End(failed)
	s, step := r.spec, r.all[r.at]
	e := fail.New(fail.BuildFailed, "", "")
	e.Service, e.File, e.Line = s.Service, s.dockerfileName(), step.line
	instruction := ""
	if st := r.steps.failing(""); st != nil {
		e.Lines, instruction = st.lines, st.instruction()
	}
	explain(e, instruction, failed)
	return e
}
