package cli

import (
	"context"
	"encoding/json"
	"path/filepath"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/lock"
)

// shareDir is where running shares have their marks, empty where there is no home.
func (a *app) shareDir() string {
	dir := a.stateDir()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "shares")
}

// shareMark is what a running share says to other devups on this machine.
type shareMark struct {
	Tunnels map[int]string `json:"tunnels"` // the URLs of ports
}

// raiseShare begins the one share that a project on an engine may have at a time.
func (a *app) raiseShare(ctx context.Context, e *engine.Engine, project string) (*lock.Mark, error) {
	if a.shareDir() == "" {
		return nil, nil //nolint:nilnil // without a home, other devups do not hear of it
	}
	return lock.Raise(ctx, a.shareDir(), lock.Name(e.Endpoint, project))
}

// say tells other devups the URLs, so that `devup up` beside this one does not take
// them away again, and `devup urls` shows them.
func (s *sharing) say(urls map[int]string) error {
	if s.mark == nil {
		return nil
	}
	content, err := json.Marshal(shareMark{Tunnels: urls})
	if err != nil {
		return err
	}
	return s.mark.Say(content)
}

// openTunnels are the URLs of the ports of a project on an engine that are shared now, by
// this devup or by another one. Without an engine (nil) none are.
func (a *app) openTunnels(e *engine.Engine, project string) map[int]string {
	if a.tunnelURLs != nil || e == nil || a.shareDir() == "" {
		return a.tunnelURLs
	}
	var m shareMark
	if json.Unmarshal(lock.Raised(a.shareDir())[lock.Name(e.Endpoint, project)], &m) != nil {
		return nil // nobody shares it
	}
	return m.Tunnels
}
