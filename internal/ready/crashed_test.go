package ready

import "testing"

func TestCrashed(t *testing.T) {
	t.Parallel()
	for last, want := range map[string]bool{
		"[nodemon] app crashed - waiting for file changes before starting...":      true,
		"[nodemon] clean exit - waiting for changes before restart":                true,
		"Failed running 'index.js'":                                                true,
		"Failed running 'index.js'. Waiting for file changes before restarting...": true,
		"[nodemon] restarting due to changes...":                                   false,
		"Server started at http://localhost:5000":                                  false,
	} {
		if got := crashed([]string{"[nodemon] app crashed - waiting for file changes before starting...", last}); got != want {
			t.Errorf("%s: %v, want %v", last, got, want)
		}
	}
	if crashed(nil) {
		t.Error("an empty log counts as crashed")
	}
}
