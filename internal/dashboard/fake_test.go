package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// fakeSource is a source with what a test puts into it.
type fakeSource struct {
	mu      sync.Mutex
	state   State
	failure error
	usage   map[string]Usage
	lines   []Line
	runs    []json.RawMessage
	acted   []Action
	asked   atomic.Int64 // requests of any kind
	changed chan struct{}
}

func (f *fakeSource) set(change func()) {
	f.mu.Lock()
	change()
	f.mu.Unlock()
	if f.changed != nil {
		f.changed <- struct{}{}
	}
}

func (f *fakeSource) State(context.Context) (State, error) {
	f.asked.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state, f.failure
}

func (f *fakeSource) Changes(ctx context.Context, changed func()) error {
	f.asked.Add(1)
	for {
		select {
		case <-f.changed:
			changed()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *fakeSource) Usage(context.Context) (map[string]Usage, error) {
	f.asked.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.usage, nil
}

func (f *fakeSource) Logs(ctx context.Context, q LogQuery, line func(Line)) error {
	f.asked.Add(1)
	f.mu.Lock()
	lines := f.lines
	f.mu.Unlock()
	for _, l := range lines {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		line(l)
	}
	if q.Follow {
		<-ctx.Done()
	}
	return nil
}

func (f *fakeSource) Runs(context.Context, string) ([]json.RawMessage, error) { return f.runs, nil }

func (f *fakeSource) Config(_ context.Context, _, service string) (string, error) {
	return "image: " + service + "\n", nil
}

func (f *fakeSource) Act(_ context.Context, a Action) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.acted = append(f.acted, a)
	if a.Service == "broken" {
		return "", errors.New("port 5432 is taken")
	}
	return "restarted", nil
}

// shop is a project with so many services, of which the first is a page, the second an API that fails
// where that is asked for.
func shop(services int, failing bool) Project {
	started := time.Now().Add(-7 * time.Minute)
	p := Project{Name: "shop", Dir: "/home/ann/src/shop", URLs: []URL{}, Failures: []json.RawMessage{}}
	names := []string{"web", "api", "db"}
	for i := range services {
		name := fmt.Sprintf("worker-%d", i)
		if i < len(names) {
			name = names[i]
		}
		s := Service{
			Name: name, State: "running", Evidence: "GET / answers 200 in 12 ms", URLs: []URL{{Text: fmt.Sprintf("http://localhost:%d", 3000+i), Link: fmt.Sprintf("http://localhost:%d", 3000+i), Port: 3000 + i}},
			Image: "shop-" + name, Built: &started, Cause: "the image changed", DependsOn: []Dependency{}, Wiring: []Wire{}, Setup: []string{},
			Containers: []Container{{Name: "shop-" + name + "-1", ID: fmt.Sprint(i), State: "running", Started: &started}},
		}
		switch i {
		case 0:
			s.Wiring = []Wire{{"REACT_APP_BACKEND_URL", "api"}}
		case 1:
			s.DependsOn = []Dependency{{"db", "healthy"}}
			s.Wiring = []Wire{{"DATABASE_URL", "db"}}
		case 2:
			s.URLs = []URL{{Text: "localhost:5432", Port: 5432}}
			s.Evidence = "its healthcheck passes"
		default:
			s.DependsOn = []Dependency{{names[i%3], "started"}}
			s.URLs = []URL{}
			s.Evidence = "runs for 7 minutes"
		}
		p.Services = append(p.Services, s)
	}
	if failing {
		p.Services[1].State, p.Services[1].Bad, p.Services[1].Evidence = "failed", true, "GET /api answers 500"
		p.Failures = append(p.Failures, json.RawMessage(`{"type":"error","code":"exited","reason":"module-missing","message":"api stopped with exit code 1: the package \"flask_cors\" is not installed","hint":"add flask_cors to backend-flask/requirements.txt, then run `+"`devup up`"+`","next":"devup up","service":"api","lines":["Traceback (most recent call last):","  File \"/app/app.py\", line 3, in <module>","    from flask_cors import CORS","ModuleNotFoundError: No module named 'flask_cors'"]}`))
	}
	return p
}
