package dashboardcmd

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/history"
	"github.com/devup-cli/devup/internal/ready"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// verdict is why a container's service fails, once that is known.
type verdict struct{ failures []json.RawMessage }

// How long a service that fails is observed until it is said why.
const (
	verdictTime  = 12 * time.Second
	verdictGrace = time.Second
)

// failures are why services fail: what the last run of up said of them, else what is found out now.
func (v *view) failures(ctx context.Context, services []dashboard.Service) []json.RawMessage {
	last, _ := session.Runs(v.session.Env, v.session.Engine, v.session.Name).Last()
	said := failuresOf(last)
	var found []json.RawMessage
	for _, e := range said {
		if e.Service == "" || !slices.ContainsFunc(services, func(s dashboard.Service) bool { return s.Name == e.Service && len(s.Containers) > 0 }) {
			found = append(found, e.text) // it kept the run from starting anything
		}
	}
	for _, s := range services {
		if !s.Bad || len(s.Containers) == 0 {
			continue
		}
		if i := slices.IndexFunc(said, func(e failure) bool { return e.Service == s.Name }); i >= 0 && s.Containers[0].Started != nil && s.Containers[0].Started.After(last.Began) {
			found = append(found, said[i].text)
			continue
		}
		found = append(found, v.source.verdictOf(ctx, v.session, s.Name)...)
	}
	return found
}

// failure is what a run said of a service, or of the project.
type failure struct {
	Service string `json:"service"`

	text json.RawMessage
}

// failuresOf is what a run failed with.
func failuresOf(run history.Run) (failures []failure) {
	for _, said := range run.Failures {
		f := failure{text: encoded(said)}
		if json.Unmarshal(f.text, &f) == nil {
			failures = append(failures, f)
		}
	}
	return failures
}

// Runs are the last runs of up of a project.
func (s *source) Runs(ctx context.Context, project string) ([]json.RawMessage, error) {
	opened, err := s.find(ctx, project, session.Want{Project: session.Optional})
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return session.Runs(opened.Env, opened.Engine, opened.Name).Load(), nil
}

// verdictOf is why a service fails. It is found out once for its containers in their states, in the background.
func (s *source) verdictOf(ctx context.Context, opened *session.Session, service string) []json.RawMessage {
	containers := opened.Containers([]string{service})
	if opened.Project == nil || len(containers) == 0 {
		return nil
	}
	at := keyOf(containers[0])
	for _, c := range containers { // of several, the one that does not run says why
		if c.State != "running" {
			at = keyOf(c)
			break
		}
	}
	probes := session.Probes(ctx, opened, []string{service})
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, asked := s.verdicts[at]; asked {
		return known.failures
	}
	s.verdicts[at] = &verdict{}
	on := ready.On(s.engine.Client)
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*verdictTime)
	go func() {
		defer cancel()
		err := on.Wait(limited, probes, ready.Options{Timeout: verdictTime, Grace: verdictGrace})
		var failures []json.RawMessage
		for _, e := range fail.Failures(err) {
			failures = append(failures, encoded(ui.Object(e)))
		}
		s.mu.Lock()
		if _, asked := s.verdicts[at]; asked {
			s.verdicts[at] = &verdict{failures}
		}
		s.mu.Unlock()
		s.poke()
	}()
	return nil
}

func encoded(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("{}") // of plain values
	}
	return text
}
