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
	return h.none() || h.slow()
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
	if h.goos != "linux" && h.local {
		h.engine, _ = s.Engine.Facts(ctx) // what fails here, fails again where it is reported
	}
	return h
}

// none reports whether the engine cannot mount this machine's files: it runs on another
// machine, or runs Linux containers on Windows in a virtual machine that maps no paths, as
// in WSL by tcp://localhost.
func (h sharing) none() bool {
	return !h.local || h.goos == "windows" && !h.engine.Desktop && h.engine.OS != "windows"
}

// slow reports whether files reach the engine through a share that reports no changes.
func (h sharing) slow() bool {
	return h.engine.Desktop && (h.goos == "windows" || h.goos == "darwin")
}
