package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Options changes what [Make] plans. The zero value is a plain `up`.
type Options struct {
	ForceRecreate bool
}

// maker is one run of Make: what is wanted, what is there, and the plan so far.
type maker struct {
	project  *types.Project
	observed Observed
	options  Options
	plan     *Plan
	networks map[string]int   // key -> operation that makes it
	volumes  map[string]int   // key -> operation that makes it
	last     map[string][]int // service -> the operations after which its containers run
	awaits   map[string]int   // "condition service" -> its Await
	needs    map[string][]int // service -> the operations that its containers wait for
	replaced map[string]bool  // services of which a container gets a new ID
}

// Make compares a project, whose URLs and ports are resolved, with what the
// engine has. Services come in the order of their dependencies; the services of
// the project are all those that are wanted. The error is about a service whose
// configuration cannot be hashed or whose dependencies form a circle.
func Make(p *types.Project, o Observed, opts Options) (*Plan, error) {
	m := &maker{
		project: p, observed: o, options: opts, plan: &Plan{},
		networks: map[string]int{}, volumes: map[string]int{},
		last: map[string][]int{}, awaits: map[string]int{}, needs: map[string][]int{}, replaced: map[string]bool{},
	}
	m.shared()
	order, err := dependencyOrder(p)
	if err != nil {
		return nil, err
	}
	for _, name := range order {
		if err := m.service(p.Services[name]); err != nil {
			return nil, err
		}
	}
	m.masks()
	m.orphans()
	return m.plan, nil
}

// shared plans the networks and volumes that services of the project use.
func (m *maker) shared() {
	for _, key := range slices.Sorted(maps.Keys(m.project.Networks)) {
		n := m.project.Networks[key]
		if !bool(n.External) && !slices.Contains(m.observed.Networks, n.Name) && m.networkUsed(key) {
			m.networks[key] = m.plan.add(Op{Action: CreateNetwork, Name: n.Name, Key: key})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.project.Volumes)) {
		v := m.project.Volumes[key]
		if !bool(v.External) && !slices.ContainsFunc(m.observed.Volumes, func(o Volume) bool { return o.Name == v.Name }) {
			m.volumes[key] = m.plan.add(Op{Action: CreateVolume, Name: v.Name, Key: key})
		}
	}
}

func (m *maker) networkUsed(key string) bool {
	for _, s := range m.project.Services {
		if _, ok := s.Networks[key]; ok {
			return true
		}
	}
	return false
}

// service plans the containers of one service.
func (m *maker) service(s types.ServiceConfig) error {
	print, err := FingerprintOf(s)
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
	wanted := s.GetScale()
	for n := 1; n <= wanted; n++ {
		c, ok := there[n]
		delete(there, n)
		if !ok {
			m.container(s, Op{Action: Create, Number: n, Causes: []string{"not created yet"}})
			continue
		}
		m.existing(s, c, print)
	}
	for _, n := range slices.Sorted(maps.Keys(there)) {
		c := there[n]
		m.plan.add(Op{Action: Remove, Name: c.Name, Service: s.Name, Number: n, Old: c, Causes: []string{fmt.Sprintf("scale is %d", wanted)}})
	}
	return nil
}

// existing plans what happens to a container that is there.
func (m *maker) existing(s types.ServiceConfig, c Container, print Fingerprint) {
	causes := m.outdated(s, c, print)
	op := Op{Number: c.Number, Old: c}
	expected := ContainerName(m.project, s, c.Number)
	switch {
	case len(causes) > 0:
		op.Action, op.Causes, op.Carry = Recreate, causes, c.Data()
	case c.Name != expected && c.Replaces != "":
		op.Action, op.Causes = Rename, []string{"finishes an interrupted replacement"}
	case !c.Up():
		op.Action, op.Causes = Start, []string{"is " + c.State}
	default:
		return
	}
	m.container(s, op)
}

// outdated says why a container cannot stay as it is; nothing when it can.
func (m *maker) outdated(s types.ServiceConfig, c Container, print Fingerprint) []string {
	var causes []string
	if m.options.ForceRecreate {
		causes = append(causes, "asked for")
	}
	if c.State == "dead" || c.State == "removing" {
		causes = append(causes, "is "+c.State)
	}
	if id := m.observed.Images[ImageName(m.project, s)]; id != "" && id != c.Image {
		causes = append(causes, fmt.Sprintf("image %s → %s", shortID(c.Image), shortID(id)))
	}
	if c.Hash != print.Hash {
		causes = append(causes, print.Changes(c.Fields)...)
	}
	if host := sharedWith(s); host != "" && m.replaced[host] {
		causes = append(causes, "shares a namespace with "+host+", which is replaced")
	}
	return causes
}

// container adds an operation that ends with a running container.
func (m *maker) container(s types.ServiceConfig, op Op) {
	op.Service, op.Name = s.Name, ContainerName(m.project, s, op.Number)
	op.After = m.prerequisites(s)
	if op.Action == Create || op.Action == Recreate {
		m.replaced[s.Name] = true
	}
	m.last[s.Name] = append(m.last[s.Name], m.plan.add(op))
}

// prerequisites gives the operations that must succeed before a container of
// the service may start: its networks and volumes, its dependencies on their
// conditions, and the removal of what an interrupted run left of it.
func (m *maker) prerequisites(s types.ServiceConfig) []int {
	if after, ok := m.needs[s.Name]; ok {
		return after
	}
	after := slices.Clone(m.last[s.Name]) // so far only leftovers
	for _, key := range slices.Sorted(maps.Keys(s.Networks)) {
		if i, ok := m.networks[key]; ok {
			after = append(after, i)
		}
	}
	for _, v := range s.Volumes {
		if i, ok := m.volumes[v.Source]; ok && v.Type == types.VolumeTypeVolume {
			after = append(after, i)
		}
	}
	for _, name := range Dependencies(s) {
		if _, ok := m.project.Services[name]; !ok {
			continue // an optional dependency that is not part of this run
		}
		after = append(after, m.last[name]...)
		if condition := s.DependsOn[name].Condition; condition != "" && condition != types.ServiceConditionStarted {
			after = append(after, m.await(name, condition))
		}
	}
	m.needs[s.Name] = after
	return after
}

func (m *maker) await(service, condition string) int {
	key := condition + " " + service
	if i, ok := m.awaits[key]; ok {
		return i
	}
	i := m.plan.add(Op{Action: Await, Name: service, Service: service, Condition: condition, After: m.last[service]})
	m.awaits[key] = i
	return i
}

// masks removes the masks that no container has after this plan: those of
// containers that it replaces or removes, and those that a down left behind.
func (m *maker) masks() {
	gone := map[string][]int{} // container ID -> the operation that ends it
	for i, op := range m.plan.Ops {
		if op.Action == Recreate || op.Action == Remove {
			gone[op.Old.ID] = []int{i}
		}
	}
	used := map[string]bool{}
	for _, c := range m.observed.Containers {
		for target, name := range c.Masks() {
			used[name] = true
			if after, ends := gone[c.ID]; ends {
				m.plan.add(Op{Action: RemoveVolume, Name: name, Key: c.Service + ":" + target, Derived: true, After: after, Causes: []string{"its container is gone"}})
			}
		}
	}
	for _, v := range m.observed.Volumes {
		if v.Mask != "" && !used[v.Name] {
			m.plan.add(Op{Action: RemoveVolume, Name: v.Name, Key: v.Mask, Derived: true, Causes: []string{"no container has it"}})
		}
	}
}

func (m *maker) orphans() {
	known := m.project.AllServices()
	for _, c := range m.observed.Containers {
		if _, ok := known[c.Service]; !ok && !c.OneOff {
			m.plan.Orphans = append(m.plan.Orphans, c.Name)
		}
	}
	slices.Sort(m.plan.Orphans)
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

// ContainerName is the name that Compose would give the container.
func ContainerName(p *types.Project, s types.ServiceConfig, number int) string {
	if s.ContainerName != "" && number == 1 {
		return s.ContainerName
	}
	return fmt.Sprintf("%s-%s-%d", p.Name, s.Name, number)
}

// ImageName is the reference of a service's image: its image, or the name that
// Compose gives to what it builds.
func ImageName(p *types.Project, s types.ServiceConfig) string {
	if s.Image != "" {
		return s.Image
	}
	return p.Name + "-" + s.Name
}

func shortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(12, len(id))]
}
