package setup

import (
	"bufio"
	"context"
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// slow is an engine whose commands print a line and end after a while.
type slow struct{ takes time.Duration }

func (slow) ExecCreate(context.Context, string, client.ExecCreateOptions) (client.ExecCreateResult, error) {
	return client.ExecCreateResult{ID: "1"}, nil
}

func (e slow) ExecAttach(context.Context, string, client.ExecAttachOptions) (client.ExecAttachResult, error) {
	ours, theirs := net.Pipe()
	const line = "row 1 of many\n"
	go func() {
		head := []byte{byte(stdcopy.Stdout), 7: 0}
		binary.BigEndian.PutUint32(head[4:], uint32(len(line)))
		_, _ = theirs.Write(append(head, line...)) // the reader says what came
		time.AfterFunc(e.takes, func() { _ = theirs.Close() })
	}()
	return client.ExecAttachResult{HijackedResponse: client.HijackedResponse{Conn: ours, Reader: bufio.NewReader(ours)}}, nil
}

func (slow) ExecInspect(context.Context, string, client.ExecInspectOptions) (client.ExecInspectResult, error) {
	return client.ExecInspectResult{}, nil
}

// memory keeps the names of the steps that ended well.
type memory struct{ kept []string }

func (*memory) Lock(context.Context) (func(), error) { return func() {}, nil }
func (*memory) Done(context.Context) Done            { return nil }
func (m *memory) Keep(_ context.Context, s Step)     { m.kept = append(m.kept, s.Name) }

// TestTimeout: a step that does not end in time fails with its limit and what it printed,
// and is not kept as done.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		takes, timeout time.Duration
		want           string // the message; empty where it ends well
	}{
		{"in time", 20 * time.Minute, 30 * time.Minute, ""},
		{"without a limit", 100 * time.Hour, 0, ""},
		{"too late", 100 * time.Hour, 30 * time.Minute, `the setup step "seed" of db did not end within 30m`},
		{"too late by hours", 100 * time.Hour, 2 * time.Hour, `the setup step "seed" of db did not end within 2h`},
		{"too late by seconds", 100 * time.Hour, 90 * time.Second, `the setup step "seed" of db did not end within 1m30s`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := read(t, shop)
			synctest.Test(t, func(t *testing.T) {
				kept, last := &memory{}, ""
				err := Run(t.Context(), slow{test.takes}, Work{
					Project: p, Memory: kept, Containers: map[string]string{"db": "1"},
					Steps: []Step{{Service: "db", Name: "seed", Command: []string{"seed"}, Timeout: test.timeout, Once: true}},
					Sink:  func(e event.Event) { last = e.Text },
				})
				if test.want == "" {
					if err != nil || len(kept.kept) != 1 {
						t.Errorf("%v, kept %q", err, kept.kept)
					}
					return
				}
				failures := fail.Failures(err)
				if len(failures) != 1 || fail.CodeOf(err) != fail.SetupFailed {
					t.Fatalf("got %v", err)
				}
				e := failures[0]
				const hint = "give the step a longer timeout; it may still run: `devup restart db` ends it"
				if e.Message != test.want || e.Hint != hint || strings.Join(e.Lines, "|") != "row 1 of many" || last != "timed out" || len(kept.kept) != 0 {
					t.Errorf("got %q (%s), lines %q, event %q, kept %q", e.Message, e.Hint, e.Lines, last, kept.kept)
				}
			})
		})
	}
}
