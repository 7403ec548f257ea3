package diagnose

import (
	"strings"
	"testing"
)

// TestCompile runs over what development servers really printed, and over lines of theirs.
func TestCompile(t *testing.T) {
	t.Parallel()
	logs := read(t, "testdata/compiling")
	webpack := "ERROR in ./src/App.js\nModule not found: Error: Can't resolve './Feed' in '/app/src'\nwebpack 5.90.0 compiled with 1 error in 812 ms"
	types := "Compiled successfully!\nERROR in src/App.tsx:1:19\nTS2307: Cannot find module 'axios' or its corresponding type declarations."
	esbuild := "✘ [ERROR] Could not resolve \"axios\"\n\n    src/App.jsx:1:18:\n      1 │ import axios from \"axios\";"
	tests := []struct{ name, log, want string }{
		{"a package of Create React App", logs["cra-missing.log"], "Node finds no package named axios (App.js:3)"},
		{"fixed since", logs["cra-fixed.log"], ""},
		{"broken since", logs["cra-syntax.log"], "there is a syntax error: Unexpected token (1:41) (App.js)"},
		{"under way", strings.Split(logs["cra-missing.log"], "Failed")[0], "it still compiles"},
		{"a package of Vite", logs["vite-missing.log"], "Node finds no package named axios (App.jsx)"},
		{"Vite begun", strings.Split(logs["vite-missing.log"], "Error")[0], "it still compiles"},
		{"Vite reloaded", logs["vite-missing.log"] + "\n7:09:09 PM [vite] hmr update /src/App.jsx", ""},
		{"a file of webpack", webpack, "Node finds no file ./Feed (App.js)"},
		{"a type checker", types, "Node finds no package named axios (App.tsx:1)"},
		{"esbuild", esbuild, "Node finds no package named axios (App.jsx:1)"},
		{"another program", "ERROR in the request\nError: Failed to compile the report\nGET / 200", ""},
	}
	for _, test := range tests {
		if got := Explain(Source, logLines(test.log), 0, nil).Sentence; got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestCrashed(t *testing.T) {
	t.Parallel()
	crashed := func(log []string) bool { return Explain(Watcher, log, 0, nil).Reason == Crashed }
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
