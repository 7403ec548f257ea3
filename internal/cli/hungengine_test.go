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
)

// TestFirstLookAtAHungEngine: no command waits without a limit for its first look, and a
// look that was taken while the files were read is not taken again.
func TestFirstLookAtAHungEngine(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]func(context.Context, *engine.Engine) error{
		"everything": func(ctx context.Context, e *engine.Engine) error {
			_, err := everything(ctx, e, "")
			return err
		},
		"containers": func(ctx context.Context, e *engine.Engine) error {
			_, err := containersOnly(ctx, e, "shop")
			return err
		},
		"while the files are read": func(ctx context.Context, e *engine.Engine) error {
			g := &glimpse{engine: e, began: time.Now()}
			_, g.missed = everything(ctx, e, "")
			_, err := g.look(ctx, e, time.Time{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := fakeengine.Hung(t)
				e := &engine.Engine{Client: api, Endpoint: "unix:///x/docker.sock"}
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				began := time.Now()
				err := look(ctx, e)
				if waited := time.Since(began); fail.CodeOf(err) != fail.NoEngine || waited != 30*time.Second {
					t.Errorf("after %s: %v", waited, err)
				}
				a := &app{engine: e}
				if gone := a.engineGone(ctx, &cobra.Command{Use: "devup"}, err); gone != nil {
					t.Errorf("is told as %v", gone)
				}
			})
		})
	}
}
