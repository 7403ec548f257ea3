//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// hasVolume tells whether the engine has a volume.
func hasVolume(t *testing.T, name string) bool {
	t.Helper()
	_, err := docker.VolumeInspect(t.Context(), name, client.VolumeInspectOptions{})
	return there(t, err)
}

// hasImage tells whether the engine has an image.
func hasImage(t *testing.T, ref string) bool {
	t.Helper()
	_, err := docker.ImageInspect(t.Context(), ref)
	return there(t, err)
}

func there(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && !errdefs.IsNotFound(err) {
		t.Fatal(err)
	}
	return err == nil
}

// TestPs: the table shows what is stopped too; what scripts ask for is what runs, under
// Compose's names.
func TestPs(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	c.devup(t, "stop", "-t", "1", "web")
	db, web := inspect(t, c.name, "db"), inspect(t, c.name, "web")
	for _, want := range []struct {
		args, out string
	}{
		{"ps -q", db.ID + "\n"},
		{"ps -aq", db.ID + "\n" + web.ID + "\n"},
		{"ps -q web", ""},
		{"ps --services", "db\n"},
		{"ps --services --status exited", "web\n"},
		{"ps --services --filter status=running", "db\n"},
		{"ps --format {{.Name}}:{{.State}}:{{.ExitCode}}:{{.ID}} --no-trunc", c.name + "-db-1:running:0:" + db.ID + "\n"},
		{"ps -a --format {{.Service}}={{.State}}", "db=running\nweb=exited\n"},
		{"-p " + c.name + " ps -q", db.ID + "\n"},
	} {
		if r := c.devup(t, strings.Fields(want.args)...); r.out != want.out {
			t.Errorf("want %q, got\n%v", want.out, r)
		}
	}
	if r := c.devup(t, "ps"); !strings.Contains(r.out, c.name+"-web-1") {
		t.Errorf("the stopped one is missing\n%v", r)
	}
}

// TestLogsOfOne: without prefix, of one number, the last lines only.
func TestLogsOfOne(t *testing.T) {
	t.Parallel()
	c := files(t, strings.Replace(pair, "echo hello from web", "echo one; echo two", 1))
	c.devup(t, "up", "-d")
	c.prints(t, "web", "two")
	if r := c.devup(t, "logs", "--no-log-prefix", "-n", "1", "--index", "1", "web"); r.out != "two\n" {
		t.Errorf("%v", r)
	}
	if r := c.devup(t, "logs", "--index", "2", "web"); r.out != "" {
		t.Errorf("there is no second container\n%v", r)
	}
}

// TestExec: the exit code is the command's; stdin and variables reach it; a detached one
// is not waited for.
func TestExec(t *testing.T) {
	t.Parallel()
	c := files(t, pair)
	c.devup(t, "up", "-d")
	r := c.exits(t, 7, "exec", "-T", "-e", "SIZE=big", "-w", "/tmp", "web", "sh", "-c", "echo $COLOR $SIZE $PWD; exit 7")
	if r.out != "blue big /tmp\n" {
		t.Errorf("%v", r)
	}
	piped := c.command(t.Context(), "exec", "-T", "web", "cat")
	piped.Stdin = strings.NewReader("piped in")
	if out, err := piped.Output(); err != nil || string(out) != "piped in" {
		t.Errorf("cat gave %q, %v", out, err)
	}
	c.devup(t, "exec", "-d", "web", "touch", "/tmp/touched")
	eventually(t, func() (bool, string) {
		r := c.run(t.Context(), "exec", "-T", "web", "ls", "/tmp")
		return r.out == "touched\n", r.String()
	})
}
