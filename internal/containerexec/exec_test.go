package containerexec

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"
)

// process is an engine with one command, which prints, closes its output and then ends.
type process struct {
	out, errs string
	raw       string        // sent as it is, after out and errs
	closes    time.Duration // when it closes its output; 0: at once
	ends      time.Duration // when it ends after that
	status    int
	refused   error // of the inspection

	closed time.Time
	asked  client.ExecCreateOptions
}

func (p *process) ExecCreate(_ context.Context, _ string, o client.ExecCreateOptions) (client.ExecCreateResult, error) {
	p.asked = o
	return client.ExecCreateResult{ID: "exec"}, nil
}

func (p *process) ExecAttach(context.Context, string, client.ExecAttachOptions) (client.ExecAttachResult, error) {
	return client.ExecAttachResult{HijackedResponse: p.connect()}, nil
}

func (p *process) connect() client.HijackedResponse {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		_, _ = theirs.Write([]byte(frame(stdcopy.Stdout, p.out) + frame(stdcopy.Stderr, p.errs) + p.raw)) // the reader says what came
		<-time.After(p.closes)
		p.closed = time.Now()
	}()
	return client.HijackedResponse{Conn: ours, Reader: bufio.NewReader(ours)}
}

func (p *process) ExecInspect(context.Context, string, client.ExecInspectOptions) (client.ExecInspectResult, error) {
	if time.Since(p.closed) < p.ends {
		return client.ExecInspectResult{Running: true}, nil
	}
	return client.ExecInspectResult{ExitCode: p.status}, p.refused
}

// frame is text as the engine sends what a command without a terminal printed.
func frame(stream stdcopy.StdType, text string) string {
	if text == "" {
		return ""
	}
	head := []byte{byte(stream), 7: 0}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text))) //nolint:gosec // a test's text is short
	return string(head) + text
}

func TestRun(t *testing.T) {
	t.Parallel()
	gone := errors.New("the engine is gone")
	for _, test := range []struct {
		name      string
		process   process
		limit     time.Duration
		status    int
		out, errs string
		took      time.Duration
		err       string // in the error
	}{
		{name: "keeps its streams apart", process: process{out: "one\n", errs: "two\n"}, out: "one\n", errs: "two\n"},
		{name: "gives the exit code", process: process{status: 3}, status: 3},
		{name: "waits for a program that closed its output", process: process{closes: time.Second, ends: 2 * time.Second, status: 4}, status: 4, took: 3 * time.Second},
		{name: "ends with its context while there is output", process: process{out: "begun\n", closes: time.Hour}, limit: time.Minute, out: "begun\n", err: "deadline exceeded", took: time.Minute},
		{name: "ends with its context after the output", process: process{ends: time.Hour}, limit: time.Minute, err: "deadline exceeded", took: time.Minute},
		{name: "says that the output broke off", process: process{raw: "\x09\x00\x00\x00\x00\x00\x00\x01x"}, err: "read the command's output: "},
		{name: "gives the engine's error", process: process{refused: gone}, err: "the engine is gone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if test.limit > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.limit)
				}
				defer cancel()
				var out, errs strings.Builder
				began := time.Now()
				status, err := Run(ctx, &test.process, "c1", Command{Words: []string{"x"}}, &out, &errs)
				if status != test.status || out.String() != test.out || errs.String() != test.errs {
					t.Errorf("status %d, %q and %q; want %d, %q and %q", status, out.String(), errs.String(), test.status, test.out, test.errs)
				}
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want %q", err, test.err)
				}
				if took := time.Since(began).Round(time.Second); took != test.took {
					t.Errorf("it took %v, want %v", took, test.took)
				}
				<-time.After(2 * time.Hour) // the process ends too
			})
		})
	}
}

func TestRunAsksForTheCommand(t *testing.T) {
	t.Parallel()
	p := &process{}
	c := Command{Words: []string{"rm", "-rf", "/x"}, User: "0", WorkingDir: "/", Env: []string{"A=1"}, Privileged: true}
	if _, err := Tail(t.Context(), p, "c1", c); err != nil {
		t.Fatal(err)
	}
	if o := p.asked; !slices.Equal(o.Cmd, c.Words) || o.User != "0" || o.WorkingDir != "/" || !slices.Equal(o.Env, c.Env) || !o.Privileged || o.TTY {
		t.Errorf("asked for %+v", o)
	}
}

// TestText: what a container prints without end is not kept without end.
func TestText(t *testing.T) {
	t.Parallel()
	words := []string{"cat", "/file"}
	if text, err := Text(t.Context(), &process{out: "12345", errs: "a warning"}, "box", words, 5); err != nil || string(text) != "12345" {
		t.Errorf("as much as may be: %q, %v", text, err)
	}
	if text, err := Text(t.Context(), &process{out: "123456"}, "box", words, 5); err == nil || len(text) > 5 {
		t.Errorf("more than may be: %q, %v", text, err)
	}
}

// TestTail: of much output the last ten lines are kept, of a broken one what came.
func TestTail(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	for range 1000 {
		long.WriteString("a line that is not kept\n")
	}
	long.WriteString("one\n\n  two  \n3\n4\n5\n6\n7\n8\n9\n10\xff\n")
	for _, test := range []struct {
		name    string
		process process
		want    string
		fails   bool
	}{
		{"nothing", process{}, "", false},
		{"the end of both streams", process{out: "out\n", errs: "err\n"}, "out|err", false},
		{"much", process{out: long.String()}, "one|two|3|4|5|6|7|8|9|10", false},
		{"what came before an error", process{out: "row 1\n", raw: "\x09\x00\x00\x00\x00\x00\x00\x01x"}, "row 1", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := Tail(t.Context(), &test.process, "c1", Command{Words: []string{"x"}})
			if lines := strings.Join(got.Lines, "|"); lines != test.want || (err != nil) != test.fails {
				t.Errorf("lines %q, error %v; want %q", lines, err, test.want)
			}
		})
	}
}

// TestCopyGivesTheProcessWhatItReads: the input reaches the process and ends, and the one
// stream of a terminal is passed on as it is.
func TestCopyGivesTheProcessWhatItReads(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	go func() {
		line, _ := bufio.NewReader(theirs).ReadString('\n') // what is missing shows in the output
		_, _ = theirs.Write([]byte("you wrote " + line))
		_ = theirs.Close()
	}()
	var out strings.Builder
	err := Streams{In: strings.NewReader("hello\n"), Out: &out, TTY: true}.Copy(t.Context(), client.HijackedResponse{Conn: ours, Reader: bufio.NewReader(ours)})
	if err != nil || out.String() != "you wrote hello\n" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}
