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
	trace := []string{"INFO:     Started reloader process [1] using WatchFiles", "Process SpawnProcess-1:", "Traceback (most recent call last):", "ModuleNotFoundError: No module named 'x'"}
	django := []string{"Watching for file changes with StatReloader", "Exception in thread django-main-thread:", "Traceback (most recent call last):", "django.core.exceptions.ImproperlyConfigured: no"}
	for _, log := range [][]string{trace, django, {"Error: no", "", "Node.js v24.1.0"}, {"error: no", "Bun v1.2.1 (Linux x64)"}} {
		if !crashed(log) {
			t.Errorf("not crashed: %q", log)
		}
	}
	for _, log := range [][]string{
		append(trace, "WARNING:  WatchFiles detected changes in 'main.py'. Reloading..."),
		append(trace, "INFO:     Started server process [9]", "a line"),
		append(django, "/app/site/settings.py changed, reloading."),
		{"Node.js v24.1.0", "listening"},
	} {
		if crashed(log) {
			t.Errorf("crashed: %q", log)
		}
	}
	if crashed(nil) {
		t.Error("an empty log counts as crashed")
	}
}
