package dashboardcmd

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/dashboard"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
)

// Usage is what the running containers of all projects use.
func (s *source) Usage(ctx context.Context) (map[string]dashboard.Usage, error) {
	all, err := s.observe(ctx)
	if err != nil {
		return nil, err
	}
	defer all.Close()
	var running []plan.Container
	for _, name := range all.State.Names() {
		running = append(running, slices.DeleteFunc(all.State.Project(name).Containers, func(c plan.Container) bool { return !observe.Sampled(c) })...)
	}
	used, err := observe.Usages(ctx, all.Engine.Client, running)
	found := map[string]dashboard.Usage{}
	for _, u := range used {
		found[u.Container] = dashboard.Usage{CPU: u.CPUPercent, Memory: u.Memory, Limit: u.Limit}
	}
	return found, err
}
