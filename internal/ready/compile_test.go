package ready

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestWaitSaysWhatDoesNotCompile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "src"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "src", "App.js"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	logs := read(t, "../diagnose/testdata/compiling")
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
		{"a package", source, false, logs["cra-missing.log"], "", "warning: answers, but does not compile: Node finds no package named axios (frontend/src/App.js:3); add axios to package.json and run `devup up` again", 0, 1},
		{"an error", source, false, logs["cra-syntax.log"], "", "warning: answers, but does not compile: there is a syntax error: Unexpected token (1:41) (frontend/src/App.js); `devup logs web` shows the error", 0, 1},
		{"a file", source, false, "ERROR in ./src/App.js\nModule not found: Error: Can't resolve './Feed' in '/app/src'", "", "warning: answers, but does not compile: Node finds no file ./Feed (frontend/src/App.js); check the path and the case of its letters; Linux tells Routes from routes", 0, 1},
		{"an alias", source, false, "ERROR in ./src/App.js\nModule not found: Error: Can't resolve '@/lib/db' in '/app/src'", "", "warning: answers, but does not compile: the path alias in @/lib/db is not configured (frontend/src/App.js); configure the alias in tsconfig.json or jsconfig.json (`paths`) and in the bundler or runner, or import by a relative path", 0, 1},
		{"without words", source, false, "Failed to compile.", "", "warning: answers, but does not compile: there is an error in the source; `devup logs web` shows the error", 0, 1},
		{"all well", source, false, logs["cra-fixed.log"], "", "done: answers 200", 0, 1},
		{"it says so later", source, false, begun, logs["cra-missing.log"], "warning: answers, but does not compile: Node finds no package named axios (frontend/src/App.js:3); add axios to package.json and run `devup up` again", 400 * time.Millisecond, 3},
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
