//go:build e2e

package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestAgent: a program that knows no more than the skill's loop brings broken copies of the examples
// to green. It reads the last line of `devup up --detach --json`, and nothing else that devup prints.
func TestAgent(t *testing.T) {
	t.Parallel()
	for _, broken := range []struct {
		name, example, file string
		from, to            string // what breaks it
	}{
		{"a package that is not listed", "fastapi", "requirements.txt", "python-multipart==0.0.20\n", ""},
		{"a package that does not exist", "fastapi", "requirements.txt", "fastapi==0.115.6\n", "fastapi==0.115.6\nno-such-package-of-devup\n"},
		{"a file that is no Python", "fastapi", "main.py", "TITLE = \"Notes\"\n", "TITLE = \"Notes\"\ndef broken(:\n"},
		{"a server on 127.0.0.1", "express", "server.js", "app.listen(process.env.PORT || 3000)", "app.listen(process.env.PORT || 3000, '127.0.0.1')"},
		{"a key that does not exist", "express", "devup.yaml", "    ports:", "    prots:"},
	} {
		t.Run(broken.name, func(t *testing.T) {
			t.Parallel()
			if broken.example == "fastapi" && !reached(t, "https://pypi.org/simple/six/") {
				t.Skip("PyPI is not reached from here")
			}
			a := agent{example(t, filepath.Join("stacks", broken.example))}
			a.env = append(a.env, "PIP_INDEX_URL=https://pypi.org/simple", "PIP_TRUSTED_HOST=")
			a.devup(t, "init", "--yes")
			a.replace(t, broken.file, broken.from, broken.to)
			for range 4 {
				end := a.up(t)
				if end.State == "ready" {
					return
				}
				if !a.fix(t, end.Failures) {
					t.Fatalf("the agent knows no fix for %+v", end.Failures)
				}
			}
			t.Error("it is not green after four rounds")
		})
	}
}

// agent works in a checkout.
type agent struct{ *checkout }

// ended is the result object, as far as the agent reads it.
type ended struct {
	Type, State string
	Failures    []failed
}

type failed struct {
	Code, Reason, Message, Hint, Service, File string
	Line                                       int
	Lines                                      []string
}

// up runs the command of the loop.
func (a agent) up(t *testing.T) ended {
	t.Helper()
	r := a.run(t.Context(), "up", "--detach", "--json", "--wait-timeout", "60s")
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	var end ended
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.Type != "result" || (end.State == "ready") != (r.code == 0) {
		t.Fatalf("the last line is no result: %v\n%v", err, r)
	}
	return end
}

// fix edits the files as the first failure says, and tells whether it could.
func (a agent) fix(t *testing.T, failures []failed) bool {
	t.Helper()
	for _, f := range failures {
		said := f.Message + "\n" + f.Hint + "\n" + strings.Join(f.Lines, "\n")
		t.Logf("%s (%s): %s; %s", f.Code, f.Reason, f.Message, f.Hint)
		in := func(pattern string) []string { return regexp.MustCompile(pattern).FindStringSubmatch(said) }
		switch {
		case f.Code == "listens-on-loopback":
			return a.replaceAll(t, ", '127.0.0.1')", ")")
		case in(`No matching distribution found for ([\w-]+)`) != nil:
			return a.replaceAll(t, in(`No matching distribution found for ([\w-]+)`)[1]+"\n", "")
		case in(`(?:add|install) ["'\x60]?([\w-]+)["'\x60]? to requirements.txt|pip install ["']?([\w-]+)`) != nil:
			found := in(`(?:add|install) ["'\x60]?([\w-]+)["'\x60]? to requirements.txt|pip install ["']?([\w-]+)`)
			a.write(t, "requirements.txt", a.read(t, "requirements.txt")+found[1]+found[2]+"\n")
			return true
		case in(`File "(?:/[\w.-]+)*/([\w.-]+\.py)", line (\d+)`) != nil && strings.Contains(said, "SyntaxError"):
			found := in(`File "(?:/[\w.-]+)*/([\w.-]+\.py)", line (\d+)\n.*\n.*\^`)
			line, _ := strconv.Atoi(found[2])
			lines := strings.SplitAfter(a.read(t, found[1]), "\n")
			a.write(t, found[1], strings.Join(append(lines[:line-1:line-1], lines[line:]...), ""))
			return true
		case f.File != "" && in(`(?s)^(\w+) is not.*did you mean "(\w+)"`) != nil:
			found := in(`(?s)^(\w+) is not.*did you mean "(\w+)"`)
			return a.replaceAll(t, found[1], found[2])
		}
	}
	return false
}

// replaceAll replaces a text in all files, and tells whether there was any.
func (a agent) replaceAll(t *testing.T, from, to string) bool {
	t.Helper()
	changed := false
	err := filepath.WalkDir(a.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text), from) {
			changed = true
			err = os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o644)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}
