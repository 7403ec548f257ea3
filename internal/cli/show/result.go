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
		Services []ServiceState   `json:"services"`
		Failures []ui.ErrorObject `json:"failures"` // the same as the errors on stderr
	}
	// ServiceState is a service with its state.
	ServiceState struct {
		Service string   `json:"service"`
		State   string   `json:"state"` // "running", "completed", "failed", "running, not updated", or a state of its container
		URLs    []string `json:"urls"`  // what a browser opens, else host and port
	}
)

// SetResult has a command end with its result, where results are printed as JSON. The session, which is
// nil where it could not be opened, is observed as it is now; rows is the URL table. services are those
// that it is about; none for all.
func SetResult(ctx context.Context, env *command.Env, s *session.Session, services []string, rows []expose.Row) {
	if !asJSON(env) {
		return
	}
	if s != nil && s.Project != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if now, err := s.Refresh(ctx); err == nil {
			s = now
		}
	}
	env.SetResult(result{env, s, services, rows})
}

// result is the result of a command.
type result struct {
	env      *command.Env
	session  *session.Session
	services []string
	rows     []expose.Row
}

// Print implements [command.Result].
func (r result) Print(failed error, code int) {
	o := resultObject{Type: "result", Contract: ui.Contract, State: "ready", ExitCode: code, Services: []ServiceState{}, Failures: []ui.ErrorObject{}}
	if code != 0 {
		o.State = expose.Failed
	}
	if r.session != nil && r.session.Project != nil {
		o.Project = r.session.Name
		o.Services = ServiceStates(r.session, r.services, r.rows, fail.Services(failed))
	}
	for _, e := range fail.Failures(failed) {
		o.Failures = append(o.Failures, ui.Object(e))
	}
	r.env.UI.Object(o)
}

// ServiceStates are services with their states and the URLs that rows has for them; none for all of
// the project, whose files can be read.
func ServiceStates(s *session.Session, services []string, rows []expose.Row, failed map[string]bool) []ServiceState {
	all := []ServiceState{}
	states := States(s.Observed.Containers)
	if len(services) == 0 {
		services = s.Project.ServiceNames()
	}
	for _, name := range services {
		one := ServiceState{Service: name, State: expose.NotRunning, URLs: []string{}}
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
