package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// emptyEngine starts an engine that has nothing where DOCKER_HOST leads: `empty-engine`.
func emptyEngine(ts *testscript.TestScript, _ bool, _ []string) {
	listener, err := net.Listen("unix", strings.TrimPrefix(ts.Getenv("DOCKER_HOST"), "unix://"))
	ts.Check(err)
	server := &http.Server{Handler: http.HandlerFunc(answerEmpty), ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		_ = server.Serve(listener) // that it was closed
		close(ended)
	}()
	ts.Defer(func() { _ = server.Close(); <-ended })
}

func answerEmpty(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Api-Version", "1.47")
	w.Header().Set("Ostype", "linux")
	w.Header().Set("Builder-Version", "2")
	w.Header().Set("Content-Type", "application/json")
	for _, known := range []struct{ end, answer string }{
		{"/_ping", "OK"},
		{"/version", `{"ApiVersion": "1.47", "MinAPIVersion": "1.24", "Version": "28.0.0", "Os": "linux", "Arch": "amd64"}`},
		{"/info", `{"OSType": "linux", "Architecture": "x86_64", "ServerVersion": "28.0.0", "DockerRootDir": "/nowhere", "Driver": "overlay2", "NCPU": 1, "MemTotal": 8000000000}`},
		{"/containers/json", "[]"},
		{"/networks", "[]"},
		{"/images/json", "[]"},
		{"/volumes", `{"Volumes": []}`},
	} {
		if strings.HasSuffix(r.URL.Path, known.end) {
			_, _ = io.WriteString(w, known.answer) // a client that went away
			return
		}
	}
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, `{"message": "there is nothing"}`)
}

// looking are the commands that are safe on any repository.
var looking = []string{"plan", "config", "doctor --report", "urls", "ps", "why web", "init"}

// harmless puts a pipe without a writer, and then a link to a device without an end, under
// each name, and holds that every command that only looks ends with words of its own:
// `harmless .env compose.yaml`.
func harmless(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		file := ts.MkAbs(name)
		before, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			ts.Fatalf("%v", err)
		}
		ts.Check(os.MkdirAll(filepath.Dir(file), 0o700))
		for kind, put := range map[string]func() error{
			"a pipe":             func() error { return exec.Command("mkfifo", file).Run() },
			"a link to a device": func() error { return os.Symlink("/dev/zero", file) },
		} {
			_ = os.Remove(file) // it may not exist
			ts.Check(put())
			for _, command := range looking {
				endsWell(ts, name+" is "+kind, command)
			}
		}
		ts.Check(os.Remove(file))
		if before != nil {
			ts.Check(os.WriteFile(file, before, 0o600))
		}
	}
}

// endsWell runs devup, with little memory where that can be said, and fails when it does
// not end, or ends as only a fault of its own lets it.
func endsWell(ts *testscript.TestScript, what, command string) {
	path, err := exec.LookPath("devup")
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second) //nolint:forbidigo // a script has no context
	defer cancel()
	limit := "ulimit -v 8000000; "
	if raceDetector {
		limit = "" // it takes more than there is
	}
	//nolint:gosec // the commands are those above
	c := exec.CommandContext(ctx, "sh", append([]string{"-c", limit + `exec "$@"`, "sh", path}, strings.Fields(command)...)...)
	c.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "PATH", "XDG_CONFIG_HOME", "DOCKER_HOST", "HTTPS_PROXY", "NO_PROXY", "GORACE"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	err = c.Run()
	exit, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		ts.Fatalf("%s: devup %s does not end", what, command)
	case failed && exit.ExitCode() < 0, bytes.Contains(output.Bytes(), []byte("goroutine ")):
		ts.Fatalf("%s: devup %s: %v\n%s", what, command, err, output.Bytes())
	case err != nil && !failed:
		ts.Check(err)
	case output.Len() == 0 && failed:
		ts.Fatalf("%s: devup %s fails without a word", what, command)
	}
	ts.Logf("%s: devup %s: %v\n%s", what, command, err, output.Bytes())
}
