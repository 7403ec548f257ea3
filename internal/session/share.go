package session

import (
	"context"
	"encoding/json"

	"github.com/devup-cli/devup/internal/lock"
)

// Share is the one share that a project on an engine may have at a time. Other devups on
// this machine hear of it: `devup up` keeps its URLs, and `devup urls` shows them.
type Share struct{ mark *lock.Mark } // nil where there is no home, and others do not hear of it

// shareState is what a running share says to other devups.
type shareState struct {
	Tunnels map[int]string `json:"tunnels"` // the URLs of ports
}

// BeginShare begins the share of the session's project. The error is [lock.ErrRaised] where
// another one runs.
func (s *Session) BeginShare(ctx context.Context) (Share, error) {
	dir := s.stateSubdir("shares")
	if dir == "" {
		return Share{}, nil
	}
	mark, err := lock.Raise(ctx, dir, lock.Name(s.Engine.Endpoint, s.Name))
	return Share{mark}, err
}

// Say tells other devups the URLs of ports.
func (s Share) Say(urls map[int]string) error {
	if s.mark == nil {
		return nil
	}
	content, err := json.Marshal(shareState{Tunnels: urls})
	if err != nil {
		return err
	}
	return s.mark.Say(content)
}

// End ends the share.
func (s Share) End() {
	if s.mark != nil {
		s.mark.Lower()
	}
}

// openTunnels are the URLs of the ports of the project that are shared now, by this devup
// or by another one.
func (s *opener) openTunnels() map[int]string {
	dir := s.stateSubdir("shares")
	if s.Tunnels != nil || s.Engine == nil || dir == "" {
		return s.Tunnels
	}
	var state shareState
	if json.Unmarshal(lock.Raised(dir)[lock.Name(s.Engine.Endpoint, s.Name)], &state) != nil {
		return nil // no other devup shares it
	}
	return state.Tunnels
}
