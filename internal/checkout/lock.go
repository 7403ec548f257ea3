package checkout

import (
	"context"
	"path/filepath"
	"time"

	"github.com/devup-cli/devup/internal/lock"
)

// Lock waits until no other devup does in this checkout what work names. The caller
// releases it. As with [lock.Acquire], the error is ctx's.
func (c *Checkout) Lock(ctx context.Context, work string, waiting func()) (lock.Held, error) {
	root, err := filepath.Abs(c.root)
	if err != nil {
		return lock.Held{}, nil //nolint:nilerr // it is a courtesy
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	return lock.Acquire(ctx, c.locks, root, work, waiting)
}

// longAgo is the age of a lock whose checkout is gone, or does not miss it.
const longAgo = 30 * 24 * time.Hour

// PruneLocks removes locks on checkouts that no devup has taken for a month. What cannot be
// removed stays.
func PruneLocks(locks string) {
	if locks == "" {
		return
	}
	left, _ := lock.Leftovers(locks) // without them, they stay
	for _, l := range left {
		if time.Since(l.Since) > longAgo {
			_ = l.Remove() // the next prune does it
		}
	}
}
