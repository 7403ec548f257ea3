package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Options changes what [Make] plans. The zero value is a plain `up`.
type Options struct {
	Services      []string // those that the user named; empty means all. The others are there because these need them
	ForceRecreate bool     // replace the containers of Services no matter what they are made from
	AlwaysDeps    bool     // with ForceRecreate: those of the others too
	NoRecreate    bool     // replace nothing that works
	RenewAnon     bool     // new containers get new anonymous volumes
	RenewVolumes  bool     // volumes whose configuration changed are replaced, with the data in them
	RemoveOrphans bool     // remove containers that belong to no service
	NoStart       bool     // make containers and start none
	// OneOff is a service whose containers stay as they are: its networks and volumes
	// are made, and what it depends on meets its conditions, for a command in a
	// container of its own.
	OneOff string

	Contents Contents            // digests of configs and secrets
	Declared map[string]Declared // by service; one that is missing counts as made by devup alone
}

// maker is one run of Make: what is wanted, what is there, and the plan so far.
type maker struct {
	project  *types.Project
	observed Observed
	options  Options
	plan     *Plan
	networks map[string]int      // key -> operation that makes it
	renewed  map[string]string   // network key -> why it is replaced
	volumes  map[string]int      // key -> operation that makes it
	evicted  map[string]int      // container ID -> operation that removes it to free a volume
	last     map[string][]int    // service -> the operations after which its containers run
	running  map[string][]string // service -> names of its containers after the plan
	awaits   map[string]int      // "condition service" -> its Await
	needs    map[string]order    // service -> what its containers wait for
	replaced map[string]bool     // services of which a container gets a new ID
	started  map[string]bool     // services of which a container that exists is started
}

// order is what an operation waits for.
type order struct{ after, ended []int }

// Make compares a project, whose URLs and ports are resolved, with what the
// engine has. Services come in the order of their dependencies; the services of
// the project are all those that are wanted. The error is about a service whose
// configuration cannot be hashed or whose dependencies form a circle.
func Make(p *types.Project, o Observed, opts Options) (*Plan, error) {
	m := &maker{
		project: p, observed: o, options: opts, plan: &Plan{},
		networks: map[string]int{}, renewed: map[string]string{}, volumes: map[string]int{}, evicted: map[string]int{},
		last: map[string][]int{}, running: map[string][]string{}, awaits: map[string]int{}, needs: map[string]order{}, replaced: map[string]bool{}, started: map[string]bool{},
	}
	if err := m.shareNetworks(); err != nil {
		return nil, err
	}
	if err := m.shareVolumes(); err != nil {
		return nil, err
	}
	sequence, err := dependencyOrder(p)
	if err != nil {
		return nil, err
	}
	for _, name := range sequence {
		if err := m.service(p.Services[name]); err != nil {
			return nil, err
		}
	}
	m.orphans()
	maskVolumes{m}.removeUnused()
	return m.plan, nil
}

// service plans one service. The error is about one whose containers could not be made: where
// a service cannot be replaced, what runs stays.
func (m *maker) service(s types.ServiceConfig) error {
	if s.Name == m.options.OneOff {
		m.prerequisites(s)
		return m.checkHosts(s, true)
	}
	planned := len(m.plan.Ops)
	if err := m.containers(s); err != nil {
		return err
	}
	if len(s.PreStart) > 0 {
		gatePreStart(m.plan, planned, s.Name, m.observed.Of(s.Name))
	}
	changed := slices.ContainsFunc(m.plan.Ops[planned:], func(op Op) bool { return op.Service == s.Name && op.Action != Await && op.Action != Remove })
	return m.checkHosts(s, changed && !m.options.NoStart)
}

// containers plans the containers of a service.
func (m *maker) containers(s types.ServiceConfig) error {
	want, err := m.wanted(s)
	if err != nil {
		return err
	}
	there, leftovers := settle(m.observed.Of(s.Name), func(n int) string { return ContainerName(m.project, s, n) })
	for _, c := range leftovers {
		m.last[s.Name] = append(m.last[s.Name], m.plan.add(Op{
			Action: Remove, Name: c.Name, Service: s.Name, Number: c.Number, Old: c,
			Causes: []string{"left by an interrupted run"},
		}))
	}
	m.removeFailedHooks(s)
	scale := s.GetScale()
	keep, surplus := m.choose(want, there, scale)
	for _, c := range keep {
		m.existing(want, c)
	}
	for n, missing := 1, scale-len(keep); missing > 0; n++ {
		if _, taken := there[n]; taken {
			continue
		}
		m.container(want, Op{Action: Create, Number: n, Causes: []string{NotCreated}, KeepVolumes: maskVolumes{m}.left(want.service, nil)})
		missing--
	}
	for _, c := range surplus {
		m.plan.add(Op{
			Action: Remove, Name: c.Name, Service: s.Name, Number: c.Number, Old: c,
			Causes: []string{fmt.Sprintf("scale is %d", scale)},
		})
	}
	return nil
}

// choose says which containers of a service stay when there are more than it
// asks for: those that can stay as they are before others, low numbers before high
// ones. Both results are in the order of the numbers.
func (m *maker) choose(want wanted, there map[int]Container, scale int) (keep, surplus []Container) {
	all := slices.Collect(maps.Values(there))
	outdated := map[string]bool{}
	for _, c := range all {
		outdated[c.ID] = len(m.outdated(want, c)) > 0
	}
	slices.SortFunc(all, func(a, b Container) int {
		if outdated[a.ID] != outdated[b.ID] {
			if outdated[b.ID] {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Number, b.Number)
	})
	keep, surplus = all[:min(scale, len(all))], all[min(scale, len(all)):]
	byNumber := func(a, b Container) int { return cmp.Compare(a.Number, b.Number) }
	slices.SortFunc(keep, byNumber)
	slices.SortFunc(surplus, byNumber)
	return keep, surplus
}

// existing plans what happens to a container that is there.
func (m *maker) existing(want wanted, c Container) {
	causes := m.outdated(want, c)
	op := Op{Number: c.Number, Old: c}
	evicted, gone := m.evicted[c.ID]
	switch {
	case gone:
		op.Action, op.Causes, op.Old, op.After = Create, []string{"its volume is replaced"}, Container{}, []int{evicted}
		op.KeepVolumes, m.replaced[want.service.Name] = maskVolumes{m}.keptVolumes(want.service, c), true
	case len(causes) > 0:
		op.Action, op.Causes, op.KeepVolumes = Recreate, causes, maskVolumes{m}.keptVolumes(want.service, c)
	case c.Name != ContainerName(m.project, want.service, c.Number) && c.Replaces != "":
		op.Action, op.Causes = Rename, []string{"finishes an interrupted replacement"}
	case c.State == "paused" && !m.options.NoStart:
		op.Action, op.Causes = Unpause, []string{"is paused"}
	case !c.Up() && !m.options.NoStart:
		op.Action, op.Causes = Start, []string{describeState(c.State)}
		m.started[want.service.Name] = true
	default:
		m.keep(want, c)
		return
	}
	m.container(want, op)
}

// describeState says in a sentence in which state a container is that does not run.
func describeState(state string) string {
	switch state {
	case "exited":
		return "has exited"
	case "created":
		return "was never started"
	case "removing":
		return "is being removed"
	}
	return "is " + state
}

// keep plans for a container that stays: at most a restart, where the network that it shares
// is a new one, or where it asks for one after a dependency (depends_on with restart).
func (m *maker) keep(want wanted, c Container) {
	s := want.service
	m.running[s.Name] = append(m.running[s.Name], c.Name)
	if host, shares := strings.CutPrefix(s.NetworkMode, types.ServicePrefix); shares && m.started[host] && c.Up() {
		m.started[s.Name] = true // another one may share it in turn
		m.container(want, Op{Action: RestartOnly, Number: c.Number, Old: c, Causes: []string{sharesNetwork(host, "is started")}})
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.DependsOn)) {
		if s.DependsOn[name].Restart && m.replaced[name] && c.Up() && !m.options.NoStart {
			m.container(want, Op{Action: RestartOnly, Number: c.Number, Old: c, Causes: []string{"depends on " + name + ", which is replaced"}})
			return
		}
	}
}

// container adds an operation that ends with a container that is there, and
// running unless none is to be started.
func (m *maker) container(want wanted, op Op) {
	s := want.service
	op.Service, op.Name = s.Name, ContainerName(m.project, s, op.Number)
	if op.Action == Start || op.Action == Unpause || op.Action == RestartOnly {
		op.Name = op.Old.Name
	}
	needed := m.prerequisites(s)
	op.After, op.AfterEnd = append(op.After, needed.after...), needed.ended
	op.NoStart = m.options.NoStart
	if op.Action == Create || op.Action == Recreate {
		if op.Action == Recreate || len(m.observed.Of(s.Name)) == 0 {
			m.replaced[s.Name] = true
		}
		op.Labels = want.labels(op.Number, op.Causes)
		for _, host := range hosts(s) {
			if op.Declared == nil {
				op.Declared, op.Hosts = &want.declared, map[string]string{}
			}
			op.Hosts[host] = m.found(host)
		}
	}
	m.last[s.Name] = append(m.last[s.Name], m.plan.add(op))
	if !slices.Contains(m.running[s.Name], op.Name) {
		m.running[s.Name] = append(m.running[s.Name], op.Name)
	}
}

// prerequisites gives the operations that a container of the service waits for:
// its networks and volumes, its dependencies on their conditions, and the removal
// of what an interrupted run left of it. A dependency that is not required is
// waited for, but need not succeed.
func (m *maker) prerequisites(s types.ServiceConfig) order {
	if o, ok := m.needs[s.Name]; ok {
		return o
	}
	o := order{after: slices.Clone(m.last[s.Name])} // so far only leftovers
	for _, key := range slices.Sorted(maps.Keys(s.Networks)) {
		if i, ok := m.networks[key]; ok {
			o.after = append(o.after, i)
		}
	}
	for _, v := range s.Volumes {
		if i, ok := m.volumes[v.Source]; ok && v.Type == types.VolumeTypeVolume && !slices.Contains(o.after, i) {
			o.after = append(o.after, i)
		}
	}
	for _, name := range Dependencies(s) {
		if _, ok := m.project.Services[name]; !ok {
			continue // an optional dependency that is not part of this run
		}
		waits := slices.Clone(m.last[name])
		d, declared := s.DependsOn[name]
		if d.Condition != "" && d.Condition != types.ServiceConditionStarted && !m.options.NoStart {
			waits = append(waits, m.await(name, d.Condition, d.Required))
		}
		if declared && !d.Required {
			o.ended = append(o.ended, waits...)
		} else {
			o.after = append(o.after, waits...)
		}
	}
	m.needs[s.Name] = o
	return o
}

func (m *maker) await(service, condition string, required bool) int {
	key := condition + " " + service
	if i, ok := m.awaits[key]; ok {
		m.plan.Ops[i].Optional = m.plan.Ops[i].Optional && !required
		return i
	}
	i := m.plan.add(Op{
		Action: Await, Name: service, Service: service, Condition: condition, Names: m.running[service], Optional: !required, After: m.last[service],
	})
	m.awaits[key] = i
	return i
}

// orphans reports the containers that carry the project's name and belong to no
// service of it, or removes them.
func (m *maker) orphans() {
	var orphans []Container
	for _, c := range m.observed.Containers {
		if _, gone := m.evicted[c.ID]; !gone && c.orphan(m.project, m.options) {
			orphans = append(orphans, c)
		}
	}
	slices.SortFunc(orphans, func(a, b Container) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range orphans {
		if !m.options.RemoveOrphans {
			m.plan.Orphans = append(m.plan.Orphans, c.Name)
			continue
		}
		m.plan.add(Op{Action: Remove, Name: c.Name, Service: c.Service, Number: c.Number, Old: c, Causes: []string{"belongs to no service of the project"}})
	}
}

// orphan reports whether a container belongs to no service. A one-off container counts once
// it has ended, and when its removal is asked for.
func (c Container) orphan(p *types.Project, o Options) bool {
	_, known := p.AllServices()[c.Service]
	if c.OneOff && !c.Hook {
		return !c.Up() && o.RemoveOrphans
	}
	return !known
}

// settle sorts the containers of a service by number and sets aside those that
// an interrupted replacement left half made: while the container to be replaced
// exists, its successor starts over; once it is gone, the successor takes over.
func settle(found []Container, name func(int) string) (there map[int]Container, leftovers []Container) {
	there = map[int]Container{}
	for _, c := range found {
		other, taken := there[c.Number]
		switch {
		case !taken:
			there[c.Number] = c
		case other.Name == name(c.Number):
			leftovers = append(leftovers, c)
		default:
			leftovers = append(leftovers, other)
			there[c.Number] = c
		}
	}
	return there, leftovers
}
