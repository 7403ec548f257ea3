package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/fail"
)

// TestMain makes the test binary play a tool, where a test says so.
func TestMain(m *testing.M) {
	if role := os.Getenv("TUNNEL_TEST_ROLE"); role != "" {
		os.Exit(play(role)) //nolint:forbidigo // it is a process of its own
	}
	os.Exit(m.Run()) //nolint:forbidigo // as the testing package requires it
}

// play is one way for a tool to behave.
func play(role string) int {
	switch role {
	case "fails":
		fmt.Fprintln(os.Stderr, "ERROR:  authentication failed\nERROR:  Your authtoken: 2abc_DEF\nnot hunter2 either\nhalf a line")
		return 1
	case "opens":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		printed, _ := os.ReadFile("testdata/cloudflared.txt")
		os.Stderr.Write(printed)
		<-interrupted
		fmt.Fprintln(os.Stderr, "INF Initiating graceful shutdown")
	case "ends":
		printed, _ := os.ReadFile("testdata/cloudflared.txt")
		os.Stderr.Write(printed)
	case "silent":
		in, out, _ := os.Pipe() // nothing is written to it, so the process lives until it is ended
		_, _ = io.Copy(io.Discard, in)
		_ = out.Close()
	case "holds":
		return hold()
	case "listens":
		return listen()
	}
	return 0
}

// acting opens a tunnel by a tool that behaves that way.
func acting(t *testing.T, ctx context.Context, role string, timeout time.Duration) (*Tunnel, error) {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tool := cloudflared()
	tool.Path = path
	opened, err := Open(ctx, tool, Target{Host: "127.0.0.1", Port: 3000}, Options{
		Environ: append(exec.Command(path).Environ(), "TUNNEL_TEST_ROLE="+role), Secrets: []string{"hunter2", ""}, Timeout: timeout,
	})
	if err == nil {
		t.Cleanup(opened.Close)
	}
	return opened, err
}

func TestATunnelIsOpenedAndClosed(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a program is not asked to end there, but ended")
	}
	opened, err := acting(t, t.Context(), "opens", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if want := "https://buffalo-marco-cardiff-motel.trycloudflare.com"; opened.URL != want || opened.Slow != "" {
		t.Errorf("URL %q, slow %q; want %q", opened.URL, opened.Slow, want)
	}
	select {
	case <-opened.Ended():
		t.Fatal("it has ended by itself")
	default:
	}
	opened.Close()
	opened.Close()
	if lines := opened.LastLines(); lines[len(lines)-1] != "INF Initiating graceful shutdown" {
		t.Errorf("it was not asked to end: %q", lines)
	}
}

func TestATunnelEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	opened, err := acting(t, ctx, "opens", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-opened.Ended()
}

func TestTheEndOfAToolIsReported(t *testing.T) {
	t.Parallel()
	opened, err := acting(t, t.Context(), "ends", time.Minute)
	if err == nil {
		<-opened.Ended()
		return
	}
	// It may end before it is known to work.
	if !strings.Contains(err.Error(), "has ended") {
		t.Error(err)
	}
}

func TestWhyAToolFailsIsShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	_, err := acting(t, t.Context(), "fails", time.Minute)
	e, ok := errors.AsType[*fail.Error](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	want := []string{"ERROR:  authentication failed", "ERROR:  Your authtoken: ***", "not *** either", "half a line"}
	if diff := cmp.Diff(want, e.Lines); diff != "" || e.Message != "cloudflared has ended instead of opening a tunnel" {
		t.Errorf("%s\n(-want +got):\n%s", e.Message, diff)
	}
}

func TestWaitingForAToolIsBounded(t *testing.T) {
	t.Parallel()
	const url = "https://never-gets-connected.trycloudflare.com"
	for _, test := range []struct {
		name, url string
		err, slow string
	}{
		{name: "no URL", err: "cloudflared has given no URL for 10s"},
		{name: "a URL alone", url: url, slow: "cloudflared has a URL, and has not said for 10s that it works"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				opened := &Tunnel{tool: cloudflared(), output: &output{}, ended: make(chan struct{})}
				urls := make(chan string, 1)
				if test.url != "" {
					urls <- test.url
				}
				text := ""
				if err := opened.await(t.Context(), urls, make(chan struct{}), 10*time.Second); err != nil {
					text = err.Error()
				}
				if text != test.err || opened.Slow != test.slow || opened.URL != test.url {
					t.Errorf("error %q, slow %q, URL %q; want %q, %q, %q", text, opened.Slow, opened.URL, test.err, test.slow, test.url)
				}
			})
		})
	}
}

func TestWaitingForAToolEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := acting(t, ctx, "silent", time.Minute); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestAToolThatIsNotThere(t *testing.T) {
	t.Parallel()
	tool := ngrok()
	tool.Path = "/nowhere/ngrok"
	if _, err := Open(t.Context(), tool, Target{Host: "127.0.0.1", Port: 1}, Options{}); err == nil || err.Error() != "ngrok cannot be started" {
		t.Errorf("error %v", err)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, via string
		there     []string
		want      string
	}{
		{name: "none", want: "no program that opens a tunnel to this machine is on the PATH"},
		{name: "all", there: []string{"tailscale", "ngrok", "cloudflared", "devtunnel"}, want: "cloudflared"},
		{name: "tailscale is there for something else", there: []string{"tailscale", "devtunnel"}, want: "devtunnel"},
		{name: "the user's choice", via: "tailscale", there: []string{"tailscale", "cloudflared"}, want: "tailscale"},
		{name: "a choice that is not there", via: "ngrok", there: []string{"cloudflared"}, want: "ngrok is not on the PATH"},
		{name: "no such thing", via: "chisel", there: []string{"chisel"}, want: `there is no tunnel program "chisel"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tool, err := Choose(test.via, func(program string) (string, error) {
				if slices.Contains(test.there, program) {
					return "/bin/" + program, nil
				}
				return "", exec.ErrNotFound
			})
			got := tool.Name
			if err != nil {
				got = err.Error()
			} else if tool.Path != "/bin/"+tool.Name {
				t.Errorf("path %q", tool.Path)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	tests := []struct {
		tool   Tool
		target Target
		want   string
	}{
		{cloudflared(), Target{Host: "127.0.0.1", Port: 3000}, "tunnel --config " + os.DevNull + " --no-autoupdate --grace-period 1s --url http://127.0.0.1:3000 --http-host-header localhost:3000"},
		{ngrok(), Target{Host: "::1", Port: 3000, Slot: 5}, "http http://[::1]:3000 --host-header=rewrite --log=stdout --log-format=json"},
		{tailscale(), Target{Host: "127.0.0.1", Port: 3000, Slot: 1}, "funnel --yes --https=8443 http://127.0.0.1:3000"},
		{tailscale(), Target{Host: "127.0.0.1", Port: 3000, Slot: 3}, "tailscale funnel opens 3 ports at most"},
		{devtunnel(), Target{Host: "127.0.0.1", Port: 3000}, "host -p 3000 --allow-anonymous"},
		{devtunnel(), Target{Host: "192.168.1.5", Port: 3000}, "devtunnel reaches localhost only, and port 3000 is published on 192.168.1.5"},
	}
	for _, test := range tests {
		args, err := test.tool.args(test.target)
		got := strings.Join(args, " ")
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.tool.Name, got, test.want)
		}
	}
}
