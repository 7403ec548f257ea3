//go:build unix

package cli

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestKeys: at a terminal an attached up takes keys, which run commands of devup; q ends it as Ctrl-C
// does, and is no failure.
func TestKeys(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, agentShop)
	w.Images.Add("web:1", fakeengine.ID("web:1"))
	w.Main = func(fakeengine.Container) (string, int, bool) { return "hello\n", 0, false }
	w.Env["TERM"], w.Env["DEVUP_DASHBOARD"] = "xterm", "off"
	master, slave, err := openTerminal()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	process := Process{In: slave, Out: slave, Err: slave, LookupEnv: func(name string) (string, bool) { v, ok := w.Env[name]; return v, ok }}
	ended := make(chan int, 1)
	go func() {
		ended <- Main(context.WithoutCancel(t.Context()), []string{"-C", w.Dir, "up"}, process)
		_ = slave.Close()
	}()
	var shown []byte
	buffer := make([]byte, 4096)
	for _, step := range []struct{ until, typed string }{
		{"key+Enter", "r web\n"}, {"restarted", "o\n"}, {"no service publishes a port", "nothing\n"}, {"no key nothing", "q\n"}, {"stopped", ""},
	} {
		for !bytes.Contains(shown, []byte(step.until)) {
			n, err := master.Read(buffer)
			if err != nil {
				t.Fatalf("%q is not shown: %v\n%s", step.until, err, shown)
			}
			shown = append(shown, buffer[:n]...)
		}
		if _, err := io.WriteString(master, step.typed); err != nil {
			t.Fatal(err)
		}
		shown = nil
	}
	go func() { _, _ = io.Copy(io.Discard, master) }() // until the end of the slave
	if code := <-ended; code != 0 {
		t.Errorf("ended with %d", code)
	}
	if got := w.Requests(); !slices.Contains(got, "restart shop-web-1") || !strings.HasPrefix(got[len(got)-1], "stop ") {
		t.Errorf("%q", got)
	}
}
