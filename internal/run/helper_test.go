package run

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

func load(t *testing.T, text string) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  "/src/shop",
		ConfigFiles: []types.ConfigFile{{Filename: "/src/shop/compose.yaml", Content: []byte(text)}},
	}, func(o *loader.Options) { o.SetProjectName("shop", true) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// on is a machine as Apply needs it.
func on(m *fakeengine.Machine) Engine {
	return Engine{
		API: "1.51", Networks: fakeengine.Networks{Machine: m}, Volumes: fakeengine.Volumes{Machine: m},
		Containers: fakeengine.Containers{Machine: m}, Processes: fakeengine.Processes{Machine: m}, Exec: fakeengine.Execs{Machine: m},
	}
}

// applied is what became of operations.
type applied struct {
	requests string   // what changed the engine, in order
	events   []string // "shop-web-1 done started", without those that say that work began
	ids      map[string]map[int]string
	err      error
}

// errText is the message of the error with its code and hint, empty for none.
func (a applied) errText() string {
	if a.err == nil {
		return ""
	}
	text := a.err.Error()
	if e, ok := errors.AsType[*fail.Error](a.err); ok {
		text = fmt.Sprintf("%s: %s", e.Code, text)
	}
	return text
}

// apply carries out operations on a machine.
func apply(ctx context.Context, m *fakeengine.Machine, p *types.Project, o Options, ops ...plan.Op) applied {
	var a applied
	var mu sync.Mutex
	o.Sink = func(e event.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.State != event.Working {
			a.events = append(a.events, strings.TrimSpace(fmt.Sprint(e.Name, " ", e.State, " ", e.Text)))
		}
	}
	var result *Result
	result, a.err = on(m).Apply(ctx, p, &plan.Plan{Ops: ops}, o)
	a.requests, a.ids = strings.Join(m.Requests(), "; "), result.IDs
	return a
}

func discard(event.Event) {}
