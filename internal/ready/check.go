package ready

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// Finding is what a service answers at one moment.
type Finding struct {
	Service string
	Number  int
	Answers bool   // as a service that is ready does
	Text    string // what it was asked and what came: "GET /health answers 200 in 12 ms"
	Wrong   string // the same in short where it does not answer so: "answers 500"
}

// checkTimeout is how long an answer may take.
const checkTimeout = 3 * time.Second

// Check asks each probe that has a port once, all of them at the same time. Those without a port
// have no finding: the engine alone says how they are.
func Check(ctx context.Context, probes []Probe) []Finding {
	found := make([]Finding, len(probes))
	var group sync.WaitGroup
	for i, p := range probes {
		if p.Kind == HTTP || p.Kind == TCP {
			group.Go(func() { found[i] = p.check(ctx) })
		}
	}
	group.Wait()
	asked := found[:0]
	for _, f := range found {
		if f.Service != "" {
			asked = append(asked, f)
		}
	}
	return asked
}

func (p Probe) check(ctx context.Context) Finding {
	began := time.Now()
	a := probeOnce(ctx, p, checkTimeout)
	took := time.Since(began).Round(time.Millisecond)
	f := Finding{Service: p.Service, Number: p.Number}
	port := fmt.Sprintf("port %d", cmp.Or(p.Target, p.Port))
	switch a.outcome {
	case answered:
		f.Answers, f.Text = true, fmt.Sprintf("GET %s answers %d in %v", p.Path, a.status, took)
	case serverError:
		f.Text, f.Wrong = fmt.Sprintf("GET %s answers %d in %v", p.Path, a.status, took), fmt.Sprintf("answers %d", a.status)
	case open, notHTTP:
		f.Answers, f.Text = true, port+" listens"
	case closed:
		f.Text = port + " closes the connection at once"
	case silent:
		f.Text = fmt.Sprintf("%s gives no answer within %v", port, checkTimeout)
	case refused:
		f.Text = "nothing listens on " + port
	}
	if !f.Answers {
		f.Wrong = cmp.Or(f.Wrong, "does not answer")
	}
	return f
}
