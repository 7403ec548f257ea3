package cli

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/session"
)

// TestHungEngine: no command waits without a limit for its first requests, and what it is
// told is the engine, not that it went away.
func TestHungEngine(t *testing.T) {
	t.Parallel()
	for name, scope := range map[string]session.Scope{"everything": session.Everything, "containers": session.Containers} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := &engine.Engine{Client: fakeengine.Hung(t), Endpoint: "unix:///x/docker.sock"}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				env := session.NewEnv(session.Env{Process: session.Process{LookupEnv: func(string) (string, bool) { return "", false }}})
				began := time.Now()
				_, err := session.Open(ctx, env, session.Want{Name: "shop", Engine: session.Required, On: e, State: scope})
				if waited := time.Since(began); fail.CodeOf(err) != fail.NoEngine || waited != 30*time.Second {
					t.Errorf("after %s: %v", waited, err)
				}
				if gone := engineGone(ctx, e, &cobra.Command{Use: "devup"}, err); gone != nil {
					t.Errorf("is told as %v", gone)
				}
			})
		})
	}
}
