package show

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// How a run ended, in JSON. The names are a promise.
type (
	resultObject struct {
		Type     string           `json:"type"`              // "result"
		Contract int              `json:"contract"`          // version of these objects
		Project  string           `json:"project,omitempty"` // absent where its files could not be read
		State    string           `json:"state"`             // "ready" or "failed"
		ExitCode int              `json:"exit_code"`
		Services []serviceState   `json:"services"`
		Failures []ui.ErrorObject `json:"failures"` // the same as the errors on stderr
	}
	serviceState struct {
		Service string   `json:"service"`
		State   string   `json:"state"` // "running", "completed", "failed", "running, not updated", or a state of its container
		URLs    []string `json:"urls"`  // what a browser opens, else host and port
	}
)

// Result has the result of a run printed as its last object, where results are printed as JSON.
// The session is nil where it could not be opened; rows is the URL table of the run.
func Result(ctx context.Context, env *command.Env, s *session.Session, rows []expose.Row) {
	if !asJSON(env) {
		return
	}
	o := resultObject{Type: "result", Contract: ui.Contract, Services: []serviceState{}, Failures: []ui.ErrorObject{}}
	var services func(failed map[string]bool) []serviceState
	if s != nil && s.Project != nil {
		o.Project = s.Name
		steady, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if now, err := s.Refresh(steady); err == nil {
			s = now
		}
		services = func(failed map[string]bool) []serviceState { return serviceStates(s, rows, failed) }
	}
	env.Finally(func(failed error, code int) {
		o.ExitCode, o.State = code, "ready"
		if code != 0 {
			o.State = expose.Failed
		}
		if services != nil {
			o.Services = services(fail.Services(failed))
		}
		for _, e := range fail.Failures(failed) {
			o.Failures = append(o.Failures, ui.Object(e))
		}
		env.UI.Object(o)
	})
}

// serviceStates are the services of a run with their states after it.
func serviceStates(s *session.Session, rows []expose.Row, failed map[string]bool) []serviceState {
	all := []serviceState{}
	states := States(s.Observed.Containers)
	for _, name := range s.Project.ServiceNames() {
		one := serviceState{Service: name, State: expose.NotRunning, URLs: []string{}}
		if state := states[name]; state != "" {
			one.State = state
		}
		if one.State == "stopped" && !failed[name] && slices.ContainsFunc(s.Observed.Of(name), func(c plan.Container) bool { return c.ExitCode == 0 }) {
			one.State = "completed"
		}
		for _, r := range rows {
			if r.Service != name {
				continue
			}
			if r.State == expose.NotUpdated {
				one.State = r.State
			}
			if r.Port != 0 {
				one.URLs = append(one.URLs, cmp.Or(r.URL, r.Address))
			}
		}
		if failed[name] {
			one.State = expose.Failed
		}
		all = append(all, one)
	}
	return all
}
