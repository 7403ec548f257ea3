package execcmd

import (
	"bytes"
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	const begin = "OCI runtime exec failed: exec failed: unable to start container process: "
	for _, c := range []struct{ text, want string }{
		{begin + `exec: "foo": executable file not found in $PATH`, "no-program service web: the command foo was not found in the image"},
		{begin + `exec: "./foo": stat ./foo: no such file or directory`, "no-program service web: the command ./foo was not found in the image"},
		{begin + `exec: "/etc/passwd/foo": stat /etc/passwd/foo: not a directory: Are you trying to mount`, "no-program service web: the command /etc/passwd/foo was not found in the image"},
		{begin + `exec: "/tmp": is a directory: permission denied`, "not-executable service web: /tmp is not executable"},
		{begin + `exec /foo: exec format error`, "not-executable service web: /foo cannot run on this machine: it is for another processor, or lacks its #! line"},
		{begin + `chdir to cwd ("/no") set in config.json failed: no such file or directory`, "failed service web: the container has no directory /no to run in"},
		{"Error response from daemon: unable to find user me: no matching entries in passwd file", "failed service web: the image has no user me"},
		{`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "bar": executable file not found in $PATH`, "no-program service web: the command bar was not found in the image"},
		{begin + "something new", "failed service web: the container runtime refuses it: something new"},
		{"sh: foo: No such file or directory", ""},
	} {
		got := ""
		if e := (attempt{"web", "foo"}).refused(c.text); e != nil {
			got = string(e.Code) + " " + e.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestWithheld(t *testing.T) {
	t.Parallel()
	long := refusal + strings.Repeat(" and so on", 1000)
	for _, c := range []struct {
		name   string
		writes []string
		want   string // before the release
	}{
		{"a refusal", []string{refusal + ": no", "\r\n"}, ""},
		{"what a command prints", []string{"a", refusal, "b"}, "a" + refusal + "b"},
		{"a command with the same words", []string{long, "end"}, long + "end"},
	} {
		var out bytes.Buffer
		w := &buffered{to: &out}
		for _, text := range c.writes {
			if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
				t.Errorf("%s: wrote %d, %v", c.name, n, err)
			}
		}
		if out.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, out.String(), c.want)
		}
		_ = w.release()
		if all := strings.Join(c.writes, ""); out.String() != all {
			t.Errorf("%s: %q in the end, want %q", c.name, out.String(), all)
		}
	}
}
