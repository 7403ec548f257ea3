package ready

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestCompilation runs over what dev servers really printed, and over lines of theirs.
func TestCompilation(t *testing.T) {
	t.Parallel()
	logs := read(t, filepath.Join("testdata", "compiling"))
	webpack := "ERROR in ./src/App.js\nModule not found: Error: Can't resolve './Feed' in '/app/src'\nwebpack 5.90.0 compiled with 1 error in 812 ms"
	types := "Compiled successfully!\nERROR in src/App.tsx:1:19\nTS2307: Cannot find module 'axios' or its corresponding type declarations."
	esbuild := "✘ [ERROR] Could not resolve \"axios\"\n\n    src/App.jsx:1:18:\n      1 │ import axios from \"axios\";"
	tests := []struct {
		name, log string
		want      compiled
	}{
		{"a package of Create React App", logs["cra-missing.log"], compiled{broken: true, file: "./src/App.js", module: "axios"}},
		{"mended since", logs["cra-fixed.log"], compiled{}},
		{"broken since", logs["cra-syntax.log"], compiled{broken: true, file: "./src/App.js", what: "Unexpected token (1:41)"}},
		{"under way", strings.Split(logs["cra-missing.log"], "Failed")[0], compiled{pending: true}},
		{"a package of Vite", logs["vite-missing.log"], compiled{broken: true, file: "/app/src/App.jsx", module: "axios"}},
		{"Vite begun", strings.Split(logs["vite-missing.log"], "Error")[0], compiled{pending: true}},
		{"Vite reloaded", logs["vite-missing.log"] + "\n7:09:09 PM [vite] hmr update /src/App.jsx", compiled{}},
		{"a file of webpack", webpack, compiled{broken: true, file: "./src/App.js", module: "./Feed"}},
		{"a type checker", types, compiled{broken: true, file: "src/App.tsx", module: "axios"}},
		{"esbuild", esbuild, compiled{broken: true, file: "src/App.jsx", module: "axios"}},
		{"another program", "ERROR in the request\nError: Failed to compile the report\nGET / 200", compiled{}},
	}
	for _, test := range tests {
		if got := compilation(cleanLines(test.log)); got != test.want {
			t.Errorf("%s\n got %+v\nwant %+v", test.name, got, test.want)
		}
	}
}

// TestHealthyCompile: nothing that works is taken for what cannot be compiled.
func TestHealthyCompile(t *testing.T) {
	t.Parallel()
	logs := read(t, filepath.Join("..", "diagnose", "testdata", "healthy"))
	if len(logs) == 0 {
		t.Error("there are no healthy logs")
	}
	for name, text := range logs {
		for _, line := range cleanLines(text) {
			if compilation([]string{line}).broken {
				t.Errorf("%s: %q is taken for a failed compilation", name, line)
			}
		}
	}
}

func TestWaitSaysWhatDoesNotCompile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "src", "App.js"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	logs := read(t, filepath.Join("testdata", "compiling"))
	source, begun := Source{Dir: dir, Name: "frontend"}, "Starting the development server...\n"
	tests := []struct {
		name    string
		source  Source
		settled bool
		log     string
		later   string // what the log is after 0.4 s, where that is something else
		want    string
		took    time.Duration
		reads   int
	}{
		{"a package", source, false, logs["cra-missing.log"], "", "warning: answers, but does not compile: frontend/src/App.js needs the package axios; add axios to package.json and run `devup up` again", 0, 1},
		{"an error", source, false, logs["cra-syntax.log"], "", "warning: answers, but does not compile: frontend/src/App.js: Unexpected token (1:41)", 0, 1},
		{"a file", source, false, "ERROR in ./src/App.js\nModule not found: Error: Can't resolve './Feed' in '/app/src'", "", "warning: answers, but does not compile: frontend/src/App.js imports ./Feed, which does not exist; check the path and its upper and lower case", 0, 1},
		{"an alias", source, false, "ERROR in ./src/App.js\nModule not found: Error: Can't resolve '@/lib/db' in '/app/src'", "", "warning: answers, but does not compile: frontend/src/App.js imports @/lib/db, whose path alias is not configured, or which does not exist", 0, 1},
		{"without words", source, false, "Failed to compile.", "", "warning: answers, but does not compile; `devup logs web` shows the error", 0, 1},
		{"all well", source, false, logs["cra-fixed.log"], "", "done: answers 200", 0, 1},
		{"it says so later", source, false, begun, logs["cra-missing.log"], "warning: answers, but does not compile: frontend/src/App.js needs the package axios; add axios to package.json and run `devup up` again", 400 * time.Millisecond, 3},
		{"it says nothing", source, false, begun, "", "done: answers 200", 600 * time.Millisecond, 4},
		{"it ran before", source, true, logs["cra-missing.log"], "", "done: answers 200", 0, 0},
		{"of a stranger", Source{}, false, logs["cra-missing.log"], "", "done: answers 200", 0, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld()
				w.answer, w.logs["c1"] = always(answer{outcome: answered, status: 200}), test.log
				if test.later != "" {
					time.AfterFunc(400*time.Millisecond-time.Millisecond, func() {
						w.mu.Lock()
						defer w.mu.Unlock()
						w.logs["c1"] = test.later
					})
				}
				p := web()
				p.Source, p.WasReady = test.source, test.settled
				last, took, err := w.run(t.Context(), Options{Compiles: true}, p)
				if want := "web " + test.want; err != nil || last != want || took != test.took || len(w.calls) != test.reads {
					t.Errorf("got %v, %s, after %v with %d calls\nwant %s, after %v with %d", err, last, took, len(w.calls), want, test.took, test.reads)
				}
			})
		})
	}
}

// read gives the files of a directory by name.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		texts[file.Name()] = string(text)
	}
	return texts
}
