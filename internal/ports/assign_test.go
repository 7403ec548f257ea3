package ports

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// want reads "web 3000", "web 127.0.0.1:3000->80/udp", "web ?->80", "web 3000!"
// (fixed). Without a target it is the wanted port.
func want(t *testing.T, text string) project.Port {
	t.Helper()
	service, spec, _ := strings.Cut(text, " ")
	p := project.Port{Service: service, Protocol: "tcp"}
	spec, p.Fixed = strings.CutSuffix(spec, "!")
	if rest, ok := strings.CutSuffix(spec, "/udp"); ok {
		spec, p.Protocol = rest, "udp"
	}
	if i := strings.LastIndex(spec, ":"); i >= 0 {
		p.HostIP, spec = spec[:i], spec[i+1:]
	}
	wanted, target, has := strings.Cut(spec, "->")
	if !has {
		target = wanted
	}
	p.Wanted, _ = strconv.Atoi(wanted)
	p.Target, _ = strconv.Atoi(target)
	return p
}

func wants(t *testing.T, lines string) []project.Port {
	t.Helper()
	var ports []project.Port
	for line := range strings.SplitSeq(lines, ", ") {
		ports = append(ports, want(t, line))
	}
	return ports
}

func show(wanted []project.Port, given map[project.PortKey]int) string {
	var out []string
	for _, p := range wanted {
		out = append(out, fmt.Sprintf("%s %d", p.Service, given[p.Key()]))
	}
	return strings.Join(out, ", ")
}

func TestAssign(t *testing.T) {
	t.Parallel()
	shop := Holder{Protocol: "tcp", Container: "shop-web-1", Project: "shop"}
	held := func(n int) Holder { h := shop; h.Port = n; return h }
	tests := []struct {
		name       string
		wanted     string
		taken      []Holder
		remembered map[string]int // by service
		want       string
		moves      string
	}{
		{name: "as wanted", wanted: "api 4567, web 3000", want: "api 4567, web 3000"},
		{
			name: "held by another project", wanted: "web 3000", taken: []Holder{held(3000)},
			want: "web 3001", moves: "web: port 3000 is held by container shop-web-1 of project shop, so it is 3001",
		},
		{
			name: "not the port of a sibling", wanted: "web 3000, api 3001", taken: []Holder{held(3000)},
			want: "web 3002, api 3001", moves: "web: port 3000 is held by container shop-web-1 of project shop, so it is 3002",
		},
		{
			name: "not the port of a sibling that moves itself", wanted: "web 3000, api 3001", taken: []Holder{held(3000), held(3001)},
			want: "web 3002, api 3003", moves: "web: port 3000 is held by container shop-web-1 of project shop, so it is 3002\napi: port 3001 is held by container shop-web-1 of project shop, so it is 3003",
		},
		{
			name: "two of the project want the same", wanted: "a 3000, b 3000",
			want: "a 3000, b 3001", moves: "b: port 3000 is held by service a, so it is 3001",
		},
		{
			name: "by a process", wanted: "web 3000", taken: []Holder{{Port: 3000, Protocol: "tcp", Process: "node", PID: 7}},
			want: "web 3001", moves: "web: port 3000 is held by node (process 7), so it is 3001",
		},
		{
			name: "by nobody known", wanted: "web 3000", taken: []Holder{{Port: 3000, Protocol: "tcp"}},
			want: "web 3001", moves: "web: port 3000 is held by another program, so it is 3001",
		},
		{name: "other protocol", wanted: "dns 53/udp", taken: []Holder{held(53)}, want: "dns 53"},
		{name: "other address", wanted: "web 192.0.2.1:3000", taken: []Holder{{Port: 3000, Protocol: "tcp", HostIP: "192.0.2.2"}}, want: "web 3000"},
		{name: "two addresses of one service", wanted: "web 192.0.2.1:3000->80, web 192.0.2.2:3000->81", want: "web 3000, web 3000"},
		{
			name: "wildcard covers an address", wanted: "web 192.0.2.1:3000", taken: []Holder{{Port: 3000, Protocol: "tcp", HostIP: "0.0.0.0"}},
			want: "web 3001", moves: "web: port 3000 is held by another program, so it is 3001",
		},
		{name: "another loopback address", wanted: "web 127.0.0.2:3000", taken: []Holder{{Port: 3000, Protocol: "tcp", HostIP: "127.0.0.1"}}, want: "web 3000"},
		{
			name: "localhost must mean one server", wanted: "web 127.0.0.1:3000", taken: []Holder{{Port: 3000, Protocol: "tcp", HostIP: "::1"}},
			want: "web 3001", moves: "web: port 3000 is held by another program, so it is 3001",
		},
		{
			name: "a low port moves up", wanted: "web 80, tls 443", taken: []Holder{held(80), held(443)},
			want: "web 8080, tls 8443", moves: "web: port 80 is held by container shop-web-1 of project shop, so it is 8080\ntls: port 443 is held by container shop-web-1 of project shop, so it is 8443",
		},
		{name: "any port", wanted: "web ?->80, api ?->81", taken: []Holder{held(49152)}, want: "web 49153, api 49154"},
		{name: "any port, remembered", wanted: "web ?->80", remembered: map[string]int{"web": 50000}, want: "web 50000"},
		{
			name: "stays where it was", wanted: "web 3000", remembered: map[string]int{"web": 3001},
			want: "web 3001", moves: "web: stays on port 3001, where it was the last time; `devup up --strict-ports` takes 3000 again",
		},
		{
			name: "stays, and the wanted one is still held", wanted: "web 3000", taken: []Holder{held(3000)}, remembered: map[string]int{"web": 3001},
			want: "web 3001", moves: "web: port 3000 is held by container shop-web-1 of project shop, so it is 3001",
		},
		{
			name: "the remembered one is held now", wanted: "web 3000", taken: []Holder{held(3001)}, remembered: map[string]int{"web": 3001},
			want: "web 3000",
		},
		{name: "fixed", wanted: "web 3000!", remembered: map[string]int{"web": 3001}, want: "web 3000"},
		{
			name: "fixed goes before its siblings", wanted: "a 3000, web 3000!",
			want: "a 3001, web 3000", moves: "a: port 3000 is held by service web, so it is 3001",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ports := wants(t, test.wanted)
			remembered := map[project.PortKey]int{}
			for _, p := range ports {
				if n := test.remembered[p.Service]; n != 0 {
					remembered[p.Key()] = n
				}
			}
			given, moves, err := Assign(ports, test.taken, remembered)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(ports, given); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			var lines []string
			for _, m := range moves {
				lines = append(lines, m.String())
			}
			if got := strings.Join(lines, "\n"); got != test.moves {
				t.Errorf("moves:\n%s\nwant:\n%s", got, test.moves)
			}
		})
	}
}

func TestFixedPortsThatAreHeld(t *testing.T) {
	t.Parallel()
	taken := []Holder{{Port: 3000, Protocol: "tcp", Process: "node", PID: 7}, {Port: 4000, Protocol: "tcp", Container: "x"}}
	given, _, err := Assign(wants(t, "web 3000!, api 4000!, db 5432"), taken, nil)
	if err == nil || fail.CodeOf(err) != fail.PortTaken {
		t.Fatalf("error %v, want %s", err, fail.PortTaken)
	}
	for _, want := range []string{
		"service web keeps port 3000 fixed, and it is held by node (process 7)",
		"service api keeps port 4000 fixed, and it is held by container x",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	if len(given) != 1 {
		t.Errorf("given %v, want the port of db alone", given)
	}
}

func TestStrictPorts(t *testing.T) {
	t.Parallel()
	wanted := wants(t, "web 3000, api 4000, any ?->80")
	remembered := map[project.PortKey]int{wanted[0].Key(): 3001}
	given, moves, err := Decide(Request{Wanted: wanted, Remembered: remembered, Strict: true})
	if err != nil || len(moves) != 0 || show(wanted, given) != "web 3000, api 4000, any 49152" {
		t.Errorf("given %s, moves %v, %v", show(wanted, given), moves, err)
	}
	held := Holder{Port: 4000, Protocol: "tcp", Container: "shop-web-1", Project: "shop", Dir: "/home/ann/shop"}
	_, _, err = Decide(Request{Wanted: wanted, Taken: []Holder{held}, Strict: true})
	const want = "service api asks for port 4000, and it is held by container shop-web-1 of project shop in /home/ann/shop"
	if fail.CodeOf(err) != fail.PortTaken || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestNoPortLeft(t *testing.T) {
	t.Parallel()
	_, _, err := Assign(wants(t, "web 65535"), []Holder{{Port: 65535, Protocol: "tcp"}}, nil)
	if fail.CodeOf(err) != fail.PortTaken {
		t.Errorf("error %v", err)
	}
}

func TestDecideProbesUntilAllIsFree(t *testing.T) {
	t.Parallel()
	busy := []int{3000, 3001, 3003}
	var asked []string
	probe := func(protocol string, wanted []Address) []Holder {
		var held []Holder
		for _, w := range wanted {
			n := w.Port
			asked = append(asked, fmt.Sprintf("%s/%d", protocol, n))
			if protocol == "tcp" && slices.Contains(busy, n) {
				held = append(held, Holder{Port: n, Protocol: protocol, Process: "vite", PID: n})
			}
		}
		return held
	}
	wanted := wants(t, "api 4567, dns 53/udp, web 3000")
	given, moves, err := Decide(Request{
		Wanted: wanted,
		Ours:   []Holder{{Port: 4567, Protocol: "tcp"}},
		Probe:  probe,
	})
	if err != nil || show(wanted, given) != "api 4567, dns 53, web 3002" {
		t.Errorf("given %s, %v", show(wanted, given), err)
	}
	if want := []string{"tcp/3000", "udp/53", "tcp/3001", "tcp/3002"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
	if len(moves) != 1 || moves[0].Holder.PID != 3000 {
		t.Errorf("moves %+v, want one that names the holder of 3000", moves)
	}
}

// TestDecideAsksOnlyWhatIsNotKnown: of a port that has moved, the wanted one is probed only
// where no container is known to hold it.
func TestDecideAsksOnlyWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	wanted := wants(t, "web 3000")
	for _, test := range []struct {
		name  string
		taken []Holder
		want  []string
	}{
		{"a container", []Holder{{Port: 3000, Protocol: "tcp", Container: "shop-web-1"}}, []string{"tcp/3001"}},
		{"nobody that is known", nil, []string{"tcp/3001", "tcp/3000"}},
		{"somebody without a name", []Holder{{Port: 3000, Protocol: "tcp"}}, []string{"tcp/3001", "tcp/3000"}},
		{"a container, by the other protocol", []Holder{{Port: 3000, Protocol: "udp", Container: "dns-1"}}, []string{"tcp/3001", "tcp/3000"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			probe := func(protocol string, wanted []Address) []Holder {
				for _, w := range wanted {
					asked = append(asked, fmt.Sprintf("%s/%d", protocol, w.Port))
				}
				return nil
			}
			remembered := map[project.PortKey]int{wanted[0].Key(): 3001}
			given, moves, err := Decide(Request{Wanted: wanted, Taken: test.taken, Remembered: remembered, Probe: probe})
			if err != nil || show(wanted, given) != "web 3001" || len(moves) != 1 || !reflect.DeepEqual(asked, test.want) {
				t.Errorf("given %s, moves %v, %v; asked for %v, want %v", show(wanted, given), moves, err, asked, test.want)
			}
		})
	}
}

// TestDecideProbesTheAddress: a port is asked for where it is to be bound, and what holds
// it elsewhere moves neither it nor another one.
func TestDecideProbesTheAddress(t *testing.T) {
	t.Parallel()
	var asked []string
	probe := func(_ string, wanted []Address) []Holder {
		var held []Holder
		for _, w := range wanted {
			asked = append(asked, fmt.Sprintf("%s:%d", w.HostIP, w.Port))
			if w == (Address{"127.0.0.1", 3000}) {
				held = append(held, Holder{Port: 3000, Protocol: "tcp", HostIP: "127.0.0.1"})
			}
		}
		return held
	}
	wanted := wants(t, "admin 127.0.0.1:3000, web 192.168.1.5:3000")
	given, _, err := Decide(Request{Wanted: wanted, Probe: probe})
	if err != nil || show(wanted, given) != "admin 3001, web 3000" {
		t.Errorf("given %s, %v", show(wanted, given), err)
	}
	if want := []string{"127.0.0.1:3000", "192.168.1.5:3000", "127.0.0.1:3001"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("asked for %v, want %v", asked, want)
	}
}

func TestDecideWithoutProbe(t *testing.T) {
	t.Parallel()
	wanted := wants(t, "web 3000")
	given, _, err := Decide(Request{Wanted: wanted, Taken: []Holder{{Port: 3000, Protocol: "tcp"}}})
	if err != nil || show(wanted, given) != "web 3001" {
		t.Errorf("given %s, %v", show(wanted, given), err)
	}
}

// TestManyPorts: the first of the ports moves past all others. The time is no part of the
// test; it was 20 s when it grew with the square of the ports.
func TestManyPorts(t *testing.T) {
	t.Parallel()
	var wanted []project.Port
	for i := range 10000 {
		wanted = append(wanted, project.Port{Service: "web", Target: i, Protocol: "udp", Wanted: 20000 + i})
	}
	given, moves, err := Assign(wanted, []Holder{{Port: 20000, Protocol: "udp"}}, nil)
	if err != nil || len(moves) != 1 || given[wanted[0].Key()] != 30000 || given[wanted[9999].Key()] != 29999 {
		t.Errorf("%d moves, %d for the first, %v", len(moves), given[wanted[0].Key()], err)
	}
}

// FuzzAssign holds what must be true of every outcome: every port is given once,
// no two overlap, none is held, and no move goes below 1024.
func FuzzAssign(f *testing.F) {
	f.Add(uint16(3000), uint16(3000), uint16(3001), uint16(80), uint16(3002))
	f.Add(uint16(0), uint16(0), uint16(49152), uint16(443), uint16(0))
	f.Fuzz(func(t *testing.T, a, b, held, c, remembered uint16) {
		var wanted []project.Port
		for i, n := range []uint16{a, b, c} {
			wanted = append(wanted, project.Port{Service: fmt.Sprint("s", i), Target: 80, Protocol: "tcp", Wanted: int(n)})
		}
		taken := []Holder{{Port: int(held), Protocol: "tcp"}}
		given, _, err := Assign(wanted, taken, map[project.PortKey]int{wanted[1].Key(): int(remembered)})
		if err != nil {
			return
		}
		seen := map[int]bool{}
		for _, p := range wanted {
			n := given[p.Key()]
			if n == 0 || seen[n] || n == int(held) {
				t.Errorf("%s gets %d of %v", p.Service, n, given)
			}
			if n != p.Wanted && n < lowest && n != int(remembered) {
				t.Errorf("%s is moved to %d", p.Service, n)
			}
			seen[n] = true
		}
	})
}
