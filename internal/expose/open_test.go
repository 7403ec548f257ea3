package expose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/workspace"
)

// platform plays the ports of a workspace: when it knows them, what it makes of a
// wish, and what was asked of it.
type platform struct {
	known   map[int]time.Duration // from when on; a port that is not in it is never known
	fails   error                 // what opening ends with, for every port
	lies    int                   // how many reported successes are false
	silent  bool                  // it lists ports without their visibility
	began   time.Time
	public  map[int]bool
	asked   []string
	unlists bool // it has no list
}

func (p *platform) control() workspace.Control {
	p.began, p.public = time.Now(), map[int]bool{}
	c := workspace.Control{
		ByHand: func(port int) string { return fmt.Sprintf("click %d", port) },
		Open: func(_ context.Context, ports []int) error {
			p.asked = append(p.asked, fmt.Sprintf("%s open %v", time.Since(p.began), ports))
			if p.fails != nil {
				return p.fails
			}
			for _, port := range ports {
				if from, ok := p.known[port]; !ok || time.Since(p.began) < from {
					return fmt.Errorf("%w (404)", workspace.ErrNotYet)
				}
				p.public[port] = p.lies == 0
			}
			p.lies = max(0, p.lies-1)
			return nil
		},
		List: func(context.Context) ([]workspace.Port, error) {
			var ports []workspace.Port
			for port, public := range p.public {
				visibility := workspace.Private
				if public {
					visibility = workspace.Public
				}
				if p.silent {
					visibility = workspace.Unknown
				}
				ports = append(ports, workspace.Port{Number: port, Visibility: visibility})
			}
			return ports, nil
		},
	}
	if p.unlists {
		c.List = nil
	}
	return c
}

func public(service string, port int) Row {
	return Row{Service: service, Port: port, URL: "https://x", State: Running, Public: true}
}

func TestOpenRetries(t *testing.T) {
	t.Parallel()
	denied := fmt.Errorf("%w (HTTP 403)", workspace.ErrDenied)
	tests := []struct {
		name     string
		platform platform
		want     string // what was asked
		advice   string
	}{
		{"at once", platform{known: map[int]time.Duration{80: 0}}, "0s open [80]", ""},
		{"known after a while", platform{known: map[int]time.Duration{80: 5 * time.Second}}, "0s open [80]; 2s open [80]; 4s open [80]; 6s open [80]", ""},
		{"a success that is none", platform{known: map[int]time.Duration{80: 0}, lies: 1}, "0s open [80]; 2s open [80]", ""},
		{"a list without visibilities", platform{known: map[int]time.Duration{80: 0}, silent: true}, "0s open [80]", ""},
		{"no list", platform{known: map[int]time.Duration{80: 3 * time.Second}, unlists: true}, "0s open [80]; 2s open [80]; 4s open [80]", ""},
		{"not allowed", platform{fails: denied}, "0s open [80]", "port 80 could not be made public (the workspace does not allow it (HTTP 403)): click 80"},
		{"no program", platform{fails: fmt.Errorf("gh %w", workspace.ErrNoProgram)}, "0s open [80]", "port 80 could not be made public (gh is not installed): click 80"},
		{"rain", platform{fails: errors.New("it rains")}, "0s open [80]; 2s open [80]; 4s open [80]", "port 80 could not be made public (it rains): click 80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := tt.platform
				rows := Open(t.Context(), p.control(), []Row{public("api", 80)}, event.Discard)
				if got := strings.Join(p.asked, "; "); got != tt.want || rows[0].Advice != tt.advice {
					t.Errorf("asked %s\nwant  %s\nadvice %q\nwant   %q", got, tt.want, rows[0].Advice, tt.advice)
				}
			})
		})
	}
}

// TestOnePortIsDenied: as long as another one is not known to the workspace yet, that a port
// is denied ends nothing, and it is not said of both.
func TestOnePortIsDenied(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		from   time.Duration // when port 81 is known
		opened bool
	}{
		{"and the other is opened", 3 * time.Second, true},
		{"and the other is never known", time.Hour, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := platform{}
				c := p.control()
				c.Open = func(context.Context, []int) error {
					if time.Since(p.began) < test.from {
						return errors.Join(workspace.ErrNotYet, workspace.ErrDenied)
					}
					p.public[81] = true
					return workspace.ErrDenied
				}
				rows := Open(t.Context(), c, []Row{public("api", 80), public("web", 81)}, event.Discard)
				if rows[0].Advice == "" || rows[0].denied != test.opened {
					t.Errorf("80: denied %v, advice %q", rows[0].denied, rows[0].Advice)
				}
				if (rows[1].Advice == "") != test.opened || rows[1].denied {
					t.Errorf("81: denied %v, advice %q", rows[1].denied, rows[1].Advice)
				}
			})
		})
	}
}

// TestOpenGivesUpInTime: a port that the workspace never learns of holds nothing
// up for long, and others do not wait for it.
func TestOpenGivesUpInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := platform{known: map[int]time.Duration{}}
		began := time.Now()
		var said []string
		rows := Open(t.Context(), p.control(), []Row{public("api", 80)}, func(e event.Event) {
			said = append(said, fmt.Sprintf("%s %s %s: %s", e.Kind, e.Name, e.State, e.Text))
		})
		if took := time.Since(began); took < 20*time.Second || took > 40*time.Second || rows[0].Advice == "" {
			t.Errorf("%s, %q", took, rows[0].Advice)
		}
		want := []string{"port api 80 working: becomes public", "port api 80 working: is not known to the workspace as public yet"}
		if diff := cmp.Diff(want, said[:2]); diff != "" || said[len(said)-1] != "port api 80 warning: could not be made public" {
			t.Errorf("%q (-want +got):\n%s", said[len(said)-1], diff)
		}
	})
}

// TestWhatIsPublicIsLeftAlone: changing a port cuts what is connected to it.
func TestWhatIsPublicIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := platform{}
	c := p.control()
	p.public[80] = true
	if rows := Open(t.Context(), c, []Row{public("api", 80)}, event.Discard); p.asked != nil || rows[0].Advice != "" {
		t.Errorf("asked %q, advice %q", p.asked, rows[0].Advice)
	}
}

// TestOpenIsCancelled: Ctrl-C ends it at once.
func TestOpenIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		p := platform{}
		began := time.Now()
		Open(ctx, p.control(), []Row{public("api", 80)}, event.Discard)
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// TestOnlyWhatIsMarkedIsOpened is the promise, over every provider and its programs:
// no port but those of running services that say public: true is named in a command.
func TestOnlyWhatIsMarkedIsOpened(t *testing.T) {
	t.Parallel()
	for _, name := range workspace.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mutex sync.Mutex
			var ran []string
			tools := workspace.Tools{
				Env: func(string) string { return "" },
				Run: func(_ context.Context, argv ...string) (string, error) {
					mutex.Lock()
					defer mutex.Unlock()
					ran = append(ran, strings.Join(argv, " "))
					return "", nil
				},
			}
			ws, err := workspace.Detect(func(variable string) string {
				return map[string]string{"CODESPACE_NAME": "fox"}[variable]
			}, nil, workspace.Override{Provider: name, Template: "https://{port}.x.example"})
			if err != nil {
				t.Fatal(err)
			}
			states := map[string]string{}
			for _, service := range []string{"web", "db", "dns", "lan", "any", "net", "job"} {
				states[service] = Running
			}
			states["api"] = NotRunning
			p := resolved()
			rows := Table(p, ws, states)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			Open(ctx, ws.Control(tools), rows, event.Discard)
			if len(ran) > 0 {
				t.Errorf("nothing is public and runs, and this was run: %q", ran)
			}
			states["api"] = Running
			Open(ctx, ws.Control(tools), Table(p, ws, states), event.Discard)
			ran = slices.DeleteFunc(ran, func(line string) bool { return strings.Contains(line, "list") || strings.Contains(line, "--json") })
			for _, line := range ran {
				if !strings.Contains(line, "4567") || strings.Contains(line, "3001") || strings.Contains(line, "5432") || strings.Contains(line, "9229") {
					t.Errorf("ran %s", line)
				}
			}
			if opens := map[string]bool{"codespaces": true, "gitpod": true, "ona": true}[name]; opens != (len(ran) > 0) {
				t.Errorf("opens by a program: %v; ran %q", opens, ran)
			}
		})
	}
}
