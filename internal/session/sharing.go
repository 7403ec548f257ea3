package session

import (
	"context"
	"runtime"

	"github.com/devup-cli/devup/internal/engine"
)

// Distant tells whether services get their source by syncing, not by a bind mount, because
// that is impossible or slow.
func (s *Session) Distant(ctx context.Context) bool {
	h := sharingOf(ctx, s)
	return !h.local || h.none() || h.slow()
}

// sharing is what decides how the engine gets at this machine's files.
type sharing struct {
	local  bool // the engine runs on this machine
	engine engine.Facts
	goos   string // of this machine
}

// sharingOf asks the engine about itself only where its answer counts.
func sharingOf(ctx context.Context, s *Session) sharing {
	h := sharing{local: s.Engine.Local(), goos: runtime.GOOS}
	if h.goos == "windows" || h.goos != "linux" && h.local {
		h.engine, _ = s.Engine.Facts(ctx) // what fails here, fails again where it is reported
	}
	return h
}

// none reports whether the engine can mount no path of this machine: it runs Linux containers,
// and this is Windows, without the virtual machine of Docker Desktop that maps its paths. Elsewhere
// an engine at an address may well have the same paths, as next to a CI job.
func (h sharing) none() bool {
	return h.goos == "windows" && h.engine.OS != "windows" && (!h.local || !h.engine.Desktop)
}

// slow reports whether files reach the engine through a share that reports no changes.
func (h sharing) slow() bool {
	return h.local && h.engine.Desktop && (h.goos == "windows" || h.goos == "darwin")
}
