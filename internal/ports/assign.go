package ports

import (
	"errors"
	"slices"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

const (
	lowest  = 1024  // ports below need privileges, so a move never goes there
	dynamic = 49152 // where the search starts for ports that may be any
	highest = 65535
)

// assign decides the host port of every wanted port: the remembered one, else the one that
// the config asks for, else the next free one above that no other port of the project asks
// for. A fixed port gets what it asks for or nothing.
//
// taken is what others hold, without the project's own containers. The moves are in the order
// of what is wanted. The error joins a fail.Error with the code PortTaken for every port that
// could get none.
func assign(r Request, taken []Holder) (map[project.PortKey]int, []Move, error) {
	a := &assignment{
		wanted: r.Wanted, strict: r.Strict, given: map[project.PortKey]int{},
		taken: map[number][]Holder{}, holds: map[number][]project.Port{}, asks: map[number][]project.PortKey{},
	}
	for _, h := range taken {
		at := number{h.Protocol, h.Port}
		a.taken[at] = append(a.taken[at], h)
	}
	for _, p := range a.wanted {
		at := number{p.Protocol, p.Wanted}
		a.asks[at] = append(a.asks[at], p.Key())
	}
	for _, p := range a.wanted {
		if a.stays(p) {
			a.giveFixed(p)
		}
	}
	for _, p := range a.wanted {
		if n := r.Remembered[p.Key()]; n != 0 && !a.stays(p) {
			a.give(p, n)
		}
	}
	for _, p := range a.wanted {
		if p.Wanted != 0 && !a.stays(p) {
			a.give(p, p.Wanted)
		}
	}
	for _, p := range a.wanted {
		if !a.stays(p) {
			a.giveNext(p)
		}
	}
	return a.given, a.moves(), errors.Join(a.failures...)
}

// assignment is one run of Assign.
type assignment struct {
	wanted   []project.Port
	strict   bool
	given    map[project.PortKey]int
	failures []error

	// The same by number, so that the work does not grow with the square of the ports.
	taken map[number][]Holder
	holds map[number][]project.Port    // those of the project that were given it
	asks  map[number][]project.PortKey // those of the project that ask for it
}

// number is a port of the host.
type number struct {
	protocol string
	port     int
}

// grant notes that p got the port n.
func (a *assignment) grant(p project.Port, n int) {
	a.given[p.Key()] = n
	at := number{p.Protocol, n}
	a.holds[at] = append(a.holds[at], p)
}

// stays reports whether p gets the port that it asks for or none.
func (a *assignment) stays(p project.Port) bool { return p.Wanted != 0 && (p.Fixed || a.strict) }

// give gives the port n to p, unless p has one or n is held.
func (a *assignment) give(p project.Port, n int) {
	if _, has := a.given[p.Key()]; has {
		return
	}
	if _, held := a.holder(p, n); !held {
		a.grant(p, n)
	}
}

func (a *assignment) giveFixed(p project.Port) {
	h, held := a.holder(p, p.Wanted)
	if !held {
		a.grant(p, p.Wanted)
		return
	}
	why, way := "keeps port %d fixed", "remove x-devup.port"
	if !p.Fixed {
		why, way = "asks for port %d", "leave out --strict-ports"
	}
	e := fail.New(fail.PortTaken, "stop what holds it, or "+way+" so that devup takes another port",
		"service %s "+why+", and it is held by %s", p.Service, p.Wanted, h)
	e.Service = p.Service
	a.failures = append(a.failures, e)
}

// giveNext gives p the next free port above the wanted one.
func (a *assignment) giveNext(p project.Port) {
	if _, has := a.given[p.Key()]; has {
		return
	}
	for n := firstTry(p.Wanted); n <= highest; n++ {
		if _, held := a.holder(p, n); !held && !a.wantedByAnother(p, n) {
			a.grant(p, n)
			return
		}
	}
	e := fail.New(fail.PortTaken, "stop some of what runs on this machine", "no port is free for service %s", p.Service)
	e.Service = p.Service
	a.failures = append(a.failures, e)
}

// firstTry is where the search for another port starts. 80 becomes 8080, and
// 443 becomes 8443, as people expect.
func firstTry(wanted int) int {
	switch {
	case wanted == 0:
		return dynamic
	case wanted < lowest:
		return wanted + 8000
	default:
		return wanted + 1
	}
}

// holder finds who holds the port n where p would bind it: another program, or a
// port of this project that got it before.
func (a *assignment) holder(p project.Port, n int) (Holder, bool) {
	at := number{p.Protocol, n}
	for _, h := range a.taken[at] {
		if overlap(h.HostIP, p.HostIP) {
			return h, true
		}
	}
	for _, other := range a.holds[at] {
		if other.Key() != p.Key() && overlap(other.HostIP, p.HostIP) {
			return Holder{Port: n, Protocol: p.Protocol, HostIP: other.HostIP, Service: other.Service}, true
		}
	}
	return Holder{}, false
}

func (a *assignment) wantedByAnother(p project.Port, n int) bool {
	return slices.ContainsFunc(a.asks[number{p.Protocol, n}], func(other project.PortKey) bool { return other != p.Key() })
}

func (a *assignment) moves() []Move {
	var moves []Move
	for _, p := range a.wanted {
		n, has := a.given[p.Key()]
		if !has || p.Wanted == 0 || n == p.Wanted {
			continue
		}
		h, _ := a.holder(p, p.Wanted)
		moves = append(moves, Move{Port: p, To: n, Holder: h})
	}
	return moves
}

// Request is what [Decide] decides from.
type Request struct {
	Wanted     []project.Port
	Taken      []Holder                // what containers of others publish
	Ours       []Holder                // what the project's own running containers publish: not probed, and free for it
	Remembered map[project.PortKey]int // as for [Assign]
	Probe      Probe                   // finds out who holds ports of the host; nil for an engine on another machine
	Strict     bool                    // every port is taken for fixed, and what is remembered does not count
}

// Probe says which of the addresses are held, for "tcp" or "udp".
type Probe func(protocol string, wanted []Address) []Holder

// Decide is [Assign], repeated with what the probe says about the outcome,
// until every port can be had. The error is that of Assign.
func Decide(r Request) (map[project.PortKey]int, []Move, error) {
	taken := r.Taken
	ours, asked := map[number]bool{}, map[probed]bool{}
	for _, h := range r.Ours {
		ours[number{h.Protocol, h.Port}] = true
	}
	for {
		given, moves, err := assign(r, taken)
		if r.Probe == nil {
			return given, moves, err
		}
		unasked := map[string][]Address{}
		ask := func(p project.Port, n int) {
			address := Address{p.HostIP, n}
			if key := (probed{p.Protocol, address}); n != 0 && !ours[number{p.Protocol, n}] && !asked[key] {
				asked[key] = true
				unasked[p.Protocol] = append(unasked[p.Protocol], address)
			}
		}
		for _, p := range r.Wanted {
			ask(p, given[p.Key()])
			if !r.names(p) {
				ask(p, p.Wanted) // its holder is reported, also where the port has been another one for long
			}
		}
		found := 0
		for _, protocol := range []string{"tcp", "udp"} {
			if len(unasked[protocol]) > 0 {
				held := r.Probe(protocol, unasked[protocol])
				taken = append(slices.Clip(taken), held...)
				found += len(held)
			}
		}
		if found == 0 {
			return given, moves, err
		}
	}
}

// names reports whether it is known without a probe who holds the wanted port of p.
func (r Request) names(p project.Port) bool {
	return slices.ContainsFunc(r.Taken, func(h Holder) bool {
		return h.Container != "" && h.Port == p.Wanted && h.Protocol == p.Protocol && overlap(h.HostIP, p.HostIP)
	})
}

// probed is an address that was asked for.
type probed struct {
	protocol string
	Address
}
