package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/devup-cli/devup/test/contract"
)

// TestMain makes the test binary play devup in scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"devup": main})
}

// main is that of cmd/devup.
//
//nolint:forbidigo // so it touches the process
func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt)
	defer release()
	process := Process{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, LookupEnv: os.LookupEnv, Environ: os.Environ()}
	var printed bytes.Buffer
	if slices.Contains(os.Args, "--json") {
		process.Out = io.MultiWriter(os.Stdout, &printed)
	}
	code := Main(ctx, os.Args[1:], process)
	if err := contract.Check(printed.String()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(97) // which no script expects
	}
	os.Exit(code)
}

// TestScripts runs the commands as a user would. Each script's first line says
// what it holds.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			for _, home := range []string{"HOME", "USERPROFILE", "LOCALAPPDATA"} {
				e.Setenv(home, e.WorkDir)
			}
			for _, config := range []string{"XDG_CONFIG_HOME", "APPDATA"} {
				e.Setenv(config, filepath.Join(e.WorkDir, ".config"))
			}
			e.Setenv("GORACE", "atexit_sleep_ms=0") // the detector would keep each devup for a second
			e.Setenv("DOCKER_HOST", "unix://"+filepath.Join(e.WorkDir, "no-engine.sock"))
			if runtime.GOOS == "windows" {
				e.Setenv("DOCKER_HOST", "npipe:////./pipe/no-engine.sock")
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code, "terminal": terminal, "empty-engine": emptyEngine, "harmless": harmless},
	})
}

// code runs a command and checks its exit code: `code 4 devup up`.
func code(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = strconv.Itoa(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// terminal runs a command on a terminal of 240 columns, types each line of a text there when
// it is asked for one, and keeps what the terminal shows in the file screen:
// `terminal 'y\n' devup init`. The exit code is not looked at.
func terminal(ts *testscript.TestScript, _ bool, args []string) {
	master, slave, err := openTerminal()
	ts.Check(err)
	defer master.Close()
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	c := exec.Command(path, args[2:]...)
	c.Dir = ts.MkAbs(".")
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	for _, name := range []string{"HOME", "PATH", "XDG_CONFIG_HOME", "DOCKER_HOST", "TERM", "NO_COLOR"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	shown := make(chan []byte)
	go func() { shown <- converse(master, strings.SplitAfter(strings.ReplaceAll(args[0], `\n`, "\n"), "\n")) }()
	err = c.Run()
	ts.Check(slave.Close())
	text := <-shown
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		ts.Fatalf("%v", err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("screen"), text, 0o600))
}

// converse types a line whenever what a terminal shows ends with a question, and gives all
// that it showed, once no one has the other end any more.
func converse(master io.ReadWriter, lines []string) []byte {
	var all []byte
	buffer := make([]byte, 4096)
	for {
		n, err := master.Read(buffer)
		if err != nil {
			return all // an error of its own when the last slave is closed
		}
		all = append(all, buffer[:n]...)
		if asks := bytes.HasSuffix(all, []byte("] ")) || bytes.HasSuffix(all, []byte(": ")); asks && len(lines) > 0 {
			if _, err := io.WriteString(master, lines[0]); err != nil {
				return all
			}
			lines = lines[1:]
		}
	}
}
