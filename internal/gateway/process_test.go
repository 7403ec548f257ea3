package gateway

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/fail"
)

// TestMain makes the test binary play the gateway's process, as devup does.
func TestMain(m *testing.M) {
	file := os.Getenv("GATEWAY_FILE")
	if file == "" {
		os.Exit(m.Run()) //nolint:forbidigo // this is the process
	}
	o := daemon.Options{File: file, Version: os.Getenv("GATEWAY_VERSION"), Log: log.New(os.Stderr, "", 0), Interval: 50 * time.Millisecond}
	stays := func(context.Context) (bool, error) { return false, nil }
	err := daemon.Main(os.Stdin, os.Stdout, o, func(c Config, failures *daemon.FailureLog, ready func()) error { //nolint:forbidigo // as above
		return Serve(context.Background(), o, stays, c, failures, ready) //nolint:forbidigo // as above
	})
	if err != nil {
		os.Exit(1) //nolint:forbidigo // as above
	}
}

// manager is one whose processes end with the test.
func manager(t *testing.T) Manager {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	k := Manager{daemon.Manager[Config]{Name: "gateway", File: filepath.Join(t.TempDir(), "gateways", "shop.json"), Command: []string{self}, Version: "1"}}
	k.Env = append(os.Environ(), "GATEWAY_FILE="+k.File, "GATEWAY_VERSION=1") //nolint:forbidigo // that of the test
	t.Cleanup(func() { _ = k.End(context.WithoutCancel(t.Context()), true) })
	return k
}

func configOf(t *testing.T, upstream string) Config {
	t.Helper()
	return Config{Listen: freeAddress(t), Routes: []Route{{Prefix: "/", Service: "web", Upstream: upstream}}, Wanted: 8080}
}

// says asks the gateway for its page.
func says(t *testing.T, c Config) string {
	t.Helper()
	response, err := http.Get("http://" + c.Listen + "/")
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	return textOf(t, response)
}

// ensure has the gateway serve, and gives the process that does.
func (k Manager) ensure(t *testing.T, c Config) daemon.State[Config] {
	t.Helper()
	if err := k.Ensure(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	s, serves := k.Observe(t.Context())
	if !serves {
		log, _ := os.ReadFile(k.Log())
		t.Fatalf("it does not serve; its log:\n%s", log)
	}
	return s
}

func TestProcessLifecycle(t *testing.T) {
	t.Parallel()
	k := manager(t)
	web, other := httptest.NewServer(names("web")), httptest.NewServer(names("other"))
	t.Cleanup(web.Close)
	t.Cleanup(other.Close)
	c := configOf(t, web.Listener.Addr().String())

	first := k.ensure(t, c)
	if got := says(t, c); got != "web /" || first.PID == os.Getpid() {
		t.Errorf("it says %q in process %d", got, first.PID)
	}
	if info, err := os.Stat(k.File); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its state file: %v %v", info, err)
	}
	if again := k.ensure(t, c); again.PID != first.PID {
		t.Error("a second command replaced it")
	}
	c.Routes[0].Upstream = other.Listener.Addr().String()
	if changed := k.ensure(t, c); changed.PID != first.PID || says(t, c) != "other /" {
		t.Errorf("with new routes it says %q, in process %d, which was %d", says(t, c), changed.PID, first.PID)
	}
	before := c.Listen
	c.Listen = freeAddress(t)
	if moved := k.ensure(t, c); moved.PID == first.PID || says(t, c) != "other /" {
		t.Errorf("on another port it says %q", says(t, c))
	}
	if listens(t.Context(), before) {
		t.Error("the old port is still served")
	}
	if err := k.End(t.Context(), false); err != nil || listens(t.Context(), c.Listen) {
		t.Errorf("after its end: %v", err)
	}
	if s, serves := k.Observe(t.Context()); serves || s.Config.Listen != c.Listen {
		t.Errorf("after its end: serves=%v, and the port that it had is %d", serves, s.Config.Port())
	}
	older, newer := k.ensure(t, c), k
	newer.Version, newer.Env = "2", append(newer.Env, "GATEWAY_VERSION=2")
	if s := newer.ensure(t, c); s.PID == older.PID || s.Version != "2" {
		t.Errorf("a newer devup goes on with version %s", s.Version)
	}
	if err := k.End(t.Context(), true); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(k.File), "*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestAKilledProcessIsReplaced(t *testing.T) {
	t.Parallel()
	k := manager(t)
	web := httptest.NewServer(names("web"))
	t.Cleanup(web.Close)
	c := configOf(t, web.Listener.Addr().String())
	first := k.ensure(t, c)
	process, err := os.FindProcess(first.PID)
	if err != nil || process.Kill() != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return !listens(t.Context(), c.Listen) })
	if s, serves := k.Observe(t.Context()); serves || s.Config.Port() != first.Config.Port() {
		t.Errorf("a stale state: serves=%v, port %d", serves, s.Config.Port())
	}
	if second := k.ensure(t, c); second.PID == first.PID || says(t, c) != "web /" {
		t.Errorf("it says %q", says(t, c))
	}
}

func TestItEndsWithItsStateFile(t *testing.T) {
	t.Parallel()
	k := manager(t)
	c := configOf(t, "127.0.0.1:1")
	k.ensure(t, c)
	if err := os.Remove(k.File); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool { return !listens(t.Context(), c.Listen) })
}

func TestATakenPortIsReported(t *testing.T) {
	t.Parallel()
	k := manager(t)
	web := httptest.NewServer(names("web"))
	t.Cleanup(web.Close)
	c := configOf(t, "127.0.0.1:1")
	c.Listen = web.Listener.Addr().String()
	err := k.Ensure(t.Context(), c)
	e, ok := errors.AsType[*fail.Error](err)
	if !ok || e.Code != fail.PortTaken || !strings.Contains(e.Message, "does not serve on "+c.Listen) || !strings.Contains(e.Hint, k.Log()) {
		t.Errorf("error: %v", err)
	}
}

func TestControlNeedsTheToken(t *testing.T) {
	t.Parallel()
	k := manager(t)
	c := configOf(t, "127.0.0.1:1")
	s := k.ensure(t, c)
	for _, token := range []string{"", "x", s.Token + "x"} {
		stranger := s
		stranger.Token = token
		if err := k.Change(t.Context(), stranger, c); err == nil || !strings.Contains(err.Error(), "403") {
			t.Errorf("the token %q: %v", token, err)
		}
	}
	if got := says(t, c); !strings.Contains(got, "web does not answer yet") {
		t.Errorf("after a stranger's orders it says %q", got)
	}
}

// TestSocket: control requests are taken at a socket that is the user's alone, in a directory
// that is made so, or at a port where the path is too long for a socket.
func TestSocket(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, below, network string }{
		{"short", "gateways", "unix"},
		{"long", strings.Repeat("long/", 25), "tcp"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := manager(t)
			dir := filepath.Join(filepath.Dir(filepath.Dir(k.File)), test.below)
			k.File = filepath.Join(dir, "shop.json")
			k.Env = append(k.Env, "GATEWAY_FILE="+k.File)
			if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755)); err != nil { //nolint:gosec // that others may read is the case
				t.Fatal(err)
			}
			s := k.ensure(t, configOf(t, "127.0.0.1:1"))
			if info, err := os.Stat(dir); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o700) {
				t.Errorf("its directory: %v %v", info, err)
			}
			path, onUnix := strings.CutPrefix(s.Control, "unix:")
			if onUnix != (test.network == "unix") || !onUnix && !strings.HasPrefix(path, "127.0.0.1:") {
				t.Errorf("it takes orders at %s, want %s", s.Control, test.network)
			}
			if info, err := os.Stat(path); onUnix && runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("its socket: %v %v", info, err)
			}
			if err := k.End(t.Context(), true); err != nil {
				t.Error(err)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
				t.Errorf("left: %q", left)
			}
		})
	}
}

func TestNoDirectoryForTheState(t *testing.T) {
	t.Parallel()
	k := Manager{}
	if err := k.Ensure(t.Context(), Config{}); fail.CodeOf(err) != fail.Failed {
		t.Errorf("error: %v", err)
	}
	if err := k.End(t.Context(), true); err != nil {
		t.Error(err)
	}
}

// TestItEndsWhenTheContainersAreGone holds too that the engine is not asked while a
// service listens, and that an engine that does not answer ends nothing.
func TestItEndsWhenTheContainersAreGone(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	stop := listen(t, address, names("web"))
	var asked atomic.Int32
	var answer atomic.Value // error, or whether they are gone
	answer.Store("down")
	served, ended := make(chan bool), make(chan error, 1)
	file := filepath.Join(t.TempDir(), "shop.json")
	go func() {
		o := daemon.Options{File: file, Version: "1", Log: log.New(io.Discard, "", 0), Interval: 5 * time.Millisecond}
		gone := func(context.Context) (bool, error) {
			asked.Add(1)
			switch answer.Load() {
			case "down":
				return true, errors.New("no engine answers")
			case "stopped":
				return false, nil
			}
			return true, nil
		}
		c := Config{Listen: freeAddress(t), Routes: []Route{{Prefix: "/", Service: "web", Upstream: address}}}
		ended <- Serve(t.Context(), o, gone, c, daemon.NewFailureLog(o.Log), func() { close(served) })
	}()
	<-served
	if n := asked.Load(); n != 0 {
		t.Errorf("the engine was asked %d times while the service listened", n)
	}
	stop()
	for _, state := range []string{"down", "stopped"} {
		answer.Store(state)
		from := asked.Load()
		until(t, func() bool { return asked.Load() > from+5 })
		select {
		case err := <-ended:
			t.Fatalf("%s: it ended: %v", state, err)
		default:
		}
	}
	answer.Store("gone")
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("its state file is still there")
	}
}

// until waits for something that another process does.
func until(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(time.Minute); !done(); {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it did not happen")
		}
	}
}
