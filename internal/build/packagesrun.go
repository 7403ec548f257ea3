package build

import (
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

// Begin reports that a step begins, and that the one before ended well. A number out of turn is
// what a step printed itself, and says nothing.
func (r *PackagesRun) Begin(step int) {
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

// Output reports what the step prints; stream is 1 or 2.
func (r *PackagesRun) Output(stream int, text []byte) {
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
func (r *PackagesRun) Failure(status string) error {
	failed := "exit code: " + status
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
