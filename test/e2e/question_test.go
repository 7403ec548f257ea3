//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/containerd/console"
)

// dialog is a devup that runs on a terminal.
type dialog struct {
	command *exec.Cmd
	master  console.Console
	read    chan struct{} // closed when all was read

	mu    sync.Mutex
	shown strings.Builder
}

// talk starts devup on a terminal. It is ended with the test.
func (c *checkout) talk(t *testing.T, args ...string) *dialog {
	t.Helper()
	master, name, err := console.NewPty()
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	d := &dialog{command: c.command(t.Context(), args...), master: master, read: make(chan struct{})}
	d.command.Stdin, d.command.Stdout, d.command.Stderr = slave, slave, slave
	if err := d.command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close() // the process has its own
	go func() {
		defer close(d.read)
		buffer := make([]byte, 4096)
		for {
			n, err := master.Read(buffer)
			d.mu.Lock()
			d.shown.Write(buffer[:n])
			d.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = d.command.Process.Kill() // it may have ended
		_ = d.command.Wait()
		<-d.read
		_ = master.Close()
	})
	return d
}

// text is what the terminal has shown so far.
func (d *dialog) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shown.String()
}

// asked waits for a question.
func (d *dialog) asked(t *testing.T, question string) {
	t.Helper()
	eventually(t, func() (bool, string) { return strings.Contains(d.text(), question), d.text() })
}

// answer types a line and waits until devup ends well.
func (d *dialog) answer(t *testing.T, line string) {
	t.Helper()
	if _, err := d.master.Write([]byte(line + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := d.command.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, d.text())
	}
}

const withData = "services:\n  db: {image: busybox, init: true, command: sleep 1000, stop_grace_period: 0s, volumes: ['data:/data']}\nvolumes: {data: {labels: {keep: 'NUMBER'}}}\n"

// TestAQuestionHoldsNoLock: while one devup asks whether data may be lost, another one can
// change the project.
func TestAQuestionHoldsNoLock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args     []string
		question string
	}{
		"down": {[]string{"down", "--volumes"}, "remove the volume "},
		"rm":   {[]string{"rm", "db"}, "remove "},
		"up":   {[]string{"up", "--detach"}, "replace what changed in the files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := composed(t, strings.ReplaceAll(withData, "NUMBER", "1"))
			c.devup(t, "up", "--detach")
			if name == "rm" {
				c.devup(t, "stop")
			}
			before := inspect(t, c.name, "db").ID
			c.write(t, "compose.yaml", strings.ReplaceAll(withData, "NUMBER", "2"))
			asking := c.talk(t, test.args...)
			asking.asked(t, test.question)
			c.devup(t, "kill", "--signal", "CONT") // takes the lock
			c.devup(t, "create", "--no-recreate")  // as well
			asking.answer(t, "y")
			switch rest := left(t, c.name); {
			case name != "up" && len(rest) > 0 && strings.Contains(strings.Join(rest, " "), "db"):
				t.Errorf("left: %q\n%s", rest, asking.text())
			case name == "up" && inspect(t, c.name, "db").ID == before:
				t.Errorf("the volume was not replaced\n%s", asking.text())
			}
		})
	}
}
