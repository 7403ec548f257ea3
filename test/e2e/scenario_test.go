//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/rogpeppe/go-internal/testscript"
)

// scene is what a scenario's commands know: its project, and what was marked there.
type scene struct {
	project string
	marked  map[string]string       // IDs of containers by name
	held    map[string]net.Listener // by address
	after   []func(context.Context) // remove what was made next to the project
}

// TestScenarios runs the scripts of testdata/scenario. The first line of each says which
// invariant it holds. A script's files lie in a directory that is named as the project; what
// the engine has of it is removed at the end, also after a failure.
//
// Next to testscript's own commands, a script has devup, compose (the binary, where there
// is one), `code N COMMAND`, `replace FILE OLD NEW`, `until PATTERN LOOK...`, `hold` and
// `release ADDRESS` for a port that this process has, and what looks says, which ask the
// engine itself.
func TestScenarios(t *testing.T) {
	t.Parallel()
	compose := composeBinary(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "scenario"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:               setScene,
		Condition:           func(condition string) (bool, error) { return holds(condition, compose) },
		Cmds:                scenarioCommands(compose),
	})
}

// notOnPodman are the scenarios that do not hold on Podman: for what docs/compose.md says of it,
// for an answer of the engine's that only the script reads, or for what a container may do there.
const notOnPodman = ` build build-arg-kept build-secret build-ssh container-settings create-start depends-failed
	export-commit-stats exec healthcheck include interop-half-made logging-labels mounts network-mode-gone
	network-mode-recreate network-shared networks-apart networks-config networks-names no-deps-host-gone port-kept
	recreate-network-config run setup-fails stop-stubborn up-interrupted-twice volumes-image-content causes `

func setScene(e *testscript.Env) error {
	name := strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")
	if os.Getenv("WORLD_ENGINE") == "podman" && slices.Contains(strings.Fields(notOnPodman), name) {
		e.T().Skip("does not hold on Podman")
	}
	entries, err := os.ReadDir(e.WorkDir)
	if err != nil {
		return err
	}
	c := makeCheckout(e.WorkDir)
	for _, entry := range entries {
		if entry.Name() != ".tmp" { // testscript's own
			if err := os.Rename(filepath.Join(e.WorkDir, entry.Name()), filepath.Join(c.dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	e.Cd, e.Vars = c.dir, append(e.Vars, c.env...)
	e.Setenv("PROJECT", c.name)
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("PATH", filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
	e.Setenv("DOCKER_HOST", docker.DaemonHost())
	first := freePorts(3)
	for i := range 3 {
		e.Setenv(fmt.Sprintf("PORT%d", i+1), strconv.Itoa(first+i))
	}
	scene := &scene{project: c.name, marked: map[string]string{}, held: map[string]net.Listener{}}
	e.Values["scene"] = scene
	e.Defer(func() {
		ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
		defer cancel()
		if err := reap(ctx, ofProject(c.name)); err != nil {
			e.T().Log(err)
		}
		for _, remove := range scene.after {
			remove(ctx)
		}
	})
	return nil
}

// holds tells whether a condition of a script is true: `[engine:28]` is an engine of that
// version or a newer one, `[compose:2]` a docker compose binary.
func holds(condition, compose string) (bool, error) {
	what, text, _ := strings.Cut(condition, ":")
	wanted, err := strconv.Atoi(text)
	switch {
	case err != nil || what != "compose" && what != "engine":
		return false, fmt.Errorf("there is no condition %q", condition)
	case what == "engine":
		return isAtLeast(wanted)
	case compose == "":
		return false, nil
	}
	version, err := exec.Command(compose, "version", "--short").Output()
	if err != nil {
		return false, err
	}
	return majorOf(string(version), wanted)
}

// isAtLeast reports whether the engine is of that major version or a newer one.
func isAtLeast(wanted int) (bool, error) {
	version, err := docker.ServerVersion(context.Background(), client.ServerVersionOptions{})
	if err != nil {
		return false, err
	}
	return majorOf(version.Version, wanted)
}

// majorOf reports whether a version is of that major version or a newer one.
func majorOf(version string, wanted int) (bool, error) {
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	has, err := strconv.Atoi(major)
	return has >= wanted, err
}

// lastPort begins somewhere in a range that no engine gives out by itself, and where
// another run of these tests is not likely to begin.
var lastPort atomic.Int32

func init() { lastPort.Store(int32(20000 + os.Getpid()*37%9000)) }

func freePort() int { return freePorts(1) }

// freePorts gives the first of so many that follow each other. After them there is room for
// the ports that devup takes instead.
func freePorts(n int) int {
	const room = 5
	for {
		first := int(lastPort.Add(int32(n+room))) - n - room + 1
		free := 0
		for ; free < n; free++ {
			l, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(first+free)))
			if err != nil {
				break
			}
			_ = l.Close()
		}
		if free == n {
			return first
		}
	}
}

func scenarioCommands(compose string) map[string]func(*testscript.TestScript, bool, []string) {
	all := map[string]func(*testscript.TestScript, bool, []string){
		"devup":   func(ts *testscript.TestScript, neg bool, args []string) { execute(ts, neg, binary, args) },
		"compose": func(ts *testscript.TestScript, neg bool, args []string) { execute(ts, neg, compose, args) },
		"code":    code, "replace": replace, "until": until, "hold": hold, "release": release, "tunnels": installTunnels,
	}
	looked := map[string]func(*testscript.TestScript, bool, []string){}
	for name, see := range looks() {
		looked[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
			defer cancel()
			out, err := see(ts.Value("scene").(*scene), ctx, args)
			fmt.Fprint(ts.Stdout(), out)
			if (err != nil) != neg {
				ts.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
			}
		}
	}
	maps.Copy(all, looked)
	return all
}

func execute(ts *testscript.TestScript, neg bool, program string, args []string) {
	if err := ts.Exec(program, args...); (err != nil) != neg {
		ts.Fatalf("%s %s: %v", filepath.Base(program), strings.Join(args, " "), err)
	}
}

// code runs a program that must end with an exit code: `code 4 devup up`.
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

// replace edits a file: `replace compose.yaml 'COLOR: blue' 'COLOR: red'`.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("replace wants FILE OLD NEW")
	}
	content := ts.ReadFile(args[0])
	if !strings.Contains(content, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(content, args[1], args[2], 1)), 0o600))
}

// hold takes an address as another program would: `hold 127.0.0.1:$PORT1`.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", args[0])
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(waitLimit); err != nil && time.Now().Before(late); { // a devup that looks whether the port is free has it for a moment
		<-tick.C
		l, err = net.Listen("tcp", args[0])
	}
	ts.Check(err)
	ts.Value("scene").(*scene).held[args[0]] = l
	ts.Defer(func() { _ = l.Close() }) // it may be released already
}

// release gives up what hold took.
func release(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Value("scene").(*scene).held[args[0]].Close())
}

// until looks again and again until what it sees matches: `until healthy state web`.
func until(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	see, ok := looks()[args[1]]
	if !ok {
		ts.Fatalf("%s does not look at the engine", args[1])
	}
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		out, err := see(ts.Value("scene").(*scene), ctx, args[2:])
		if err == nil && pattern.MatchString(out) {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("no %s; at last: %v\n%s", args[0], err, out)
		case <-tick.C:
		}
	}
}
