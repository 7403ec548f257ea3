package fakeengine

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"
)

// Machine is an engine that keeps containers, networks and volumes, and runs nothing. Its
// parts answer requests. The fields are set before it is used, by several goroutines if
// need be. [New] gives one.
type Machine struct {
	// Refuse gives the error of a request, as [Machine.Requests] names it; nil for none. It
	// may change the machine, with [Machine.Set], and it may wait. Requests that come at the
	// same time call it at the same time.
	Refuse func(request string) error
	// Exec says what a command in a container prints and how it ends; nil: nothing, with 0.
	Exec func(container string, words []string) (output string, status int)
	// Main says what the main process of a container prints when it is started, and how it
	// ends; nil, or ended being false: it runs on.
	Main func(c Container) (output string, status int, ended bool)

	mu         sync.Mutex
	changed    chan struct{} // closed at each change, and replaced
	sizes      map[string]int64
	ended      map[string]*Container // those that were removed when they ended
	events     []events.Message
	requests   []string
	containers []*Container
	networks   []network.Summary
	volumes    []volume.Volume
	execs      map[string]execution
	made       int
}

// Container is one on a [Machine].
type Container struct {
	ID, Name string
	State    string // as the engine calls it: "created", "running", "exited", "paused"
	ExitCode int
	Health   string // empty: it has no healthcheck
	Options  client.ContainerCreateOptions
	Networks map[string]*network.EndpointSettings // by name
	Copied   []byte                               // the last archive that was copied into it
	Ports    []container.PortSummary              // that are open
	Created  time.Time
	Started  time.Time                     // the zero time for long ago
	Written  int64                         // bytes that are not of its image
	Log      []Line                        // what it printed
	Typed    string                        // what was sent to its main process
	Top      [][]string                    // its processes as ps lists them; the first are the titles
	Files    map[string]container.PathStat // what is in it, by path
}

// Line is a line that a container printed.
type Line struct {
	At   time.Time
	Text string
}

// New gives an engine without containers, networks and volumes.
func New() *Machine {
	return &Machine{execs: map[string]execution{}, changed: make(chan struct{}), ended: map[string]*Container{}}
}

// notify wakes all that wait for a change. The lock is held.
func (m *Machine) notify() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// await waits until ready, which is called with the lock held, or until ctx ends.
func (m *Machine) await(ctx context.Context, ready func() bool) error {
	for {
		m.mu.Lock()
		done, changed := ready(), m.changed
		m.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// emit keeps an event of a container. The lock is held.
func (m *Machine) emit(c *Container, action events.Action) {
	attributes := map[string]string{"name": c.Name}
	if c.Options.Config != nil {
		maps.Copy(attributes, c.Options.Config.Labels)
	}
	if action == events.ActionDie {
		attributes["exitCode"] = strconv.Itoa(c.ExitCode)
	}
	m.events = append(m.events, events.Message{
		Type: events.ContainerEventType, Action: action, TimeNano: time.Now().UnixNano(), Actor: events.Actor{ID: c.ID, Attributes: attributes},
	})
}

// Emit keeps an event of a container, by its name or ID, such as "exec_create: ls".
func (m *Machine) Emit(name string, action events.Action) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.find(name); c != nil {
		m.emit(c, action)
		m.notify()
	}
}

// Requests are those that changed something since the last call of it, in their order,
// such as "create shop-web-1" and "connect back shop-web-1". IDs are given as names.
func (m *Machine) Requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	requests := m.requests
	m.requests = nil
	return requests
}

// Add gives the engine a container, which is connected to the networks of its options.
func (m *Machine) Add(c Container) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(c)
}

// AddNetwork gives the engine a network.
func (m *Machine) AddNetwork(name string, labels map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.networks = append(m.networks, network.Summary{Network: network.Network{ID: "id-" + name, Name: name, Labels: labels}})
}

// AddVolume gives the engine a volume.
func (m *Machine) AddVolume(name string, labels map[string]string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.volumes = append(m.volumes, volume.Volume{Name: name, Labels: labels})
}

// Set changes a container, by its name or ID.
func (m *Machine) Set(name string, change func(*Container)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.find(name); c != nil {
		m.alter(c, change)
	}
}

// alter changes a container, and tells of its start and its end. The lock is held.
func (m *Machine) alter(c *Container, change func(*Container)) {
	before := c.runs()
	change(c)
	switch now := c.runs(); {
	case now && !before:
		m.emit(c, events.ActionStart)
	case before && !now:
		m.emit(c, events.ActionDie)
	}
	m.notify()
}

// runs tells whether a container's main process exists.
func (c *Container) runs() bool {
	return c.State == "running" || c.State == "paused" || c.State == "restarting"
}

// VolumeLabels are the labels of a volume; nil where there is none.
func (m *Machine) VolumeLabels(name string) map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range m.volumes {
		if v.Name == name {
			return v.Labels
		}
	}
	return nil
}

// Container is a copy of a container, by its name or ID; ok is false where there is none.
func (m *Machine) Container(name string) (c Container, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if found := m.find(name); found != nil {
		return *found, true
	}
	return Container{}, false
}

// Names are the containers, networks and volumes, sorted: "container shop-web-1 running".
func (m *Machine) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for _, c := range m.containers {
		names = append(names, "container "+c.Name+" "+c.State)
	}
	for _, n := range m.networks {
		names = append(names, "network "+n.Name)
	}
	for _, v := range m.volumes {
		names = append(names, "volume "+v.Name)
	}
	slices.Sort(names)
	return names
}

// request notes a request about containers, networks or volumes and gives its error.
func (m *Machine) request(verb string, about ...string) error {
	m.mu.Lock()
	for i, name := range about {
		if c := m.find(name); c != nil {
			about[i] = c.Name
		}
	}
	text := strings.Join(append([]string{verb}, about...), " ")
	m.mu.Unlock()
	if m.Refuse != nil {
		if err := m.Refuse(text); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests = append(m.requests, text)
	return nil
}

// ask is request for what changes nothing: it is refused, but not noted.
func (m *Machine) ask(verb, about string) error {
	if m.Refuse == nil {
		return nil
	}
	m.mu.Lock()
	if c := m.find(about); c != nil {
		about = c.Name
	}
	m.mu.Unlock()
	return m.Refuse(verb + " " + about)
}

// change finds a container after a request about it was noted, and changes it.
func (m *Machine) change(verb, id string, change func(*Container) error) error {
	if err := m.request(verb, id); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.find(id)
	if c == nil {
		return missing("container", id)
	}
	var err error
	m.alter(c, func(c *Container) { err = change(c) })
	return err
}

// find is the container of a name or an ID, or nil. The lock is held.
func (m *Machine) find(name string) *Container {
	i := slices.IndexFunc(m.containers, func(c *Container) bool { return c.Name == name || c.ID == name })
	if i < 0 {
		return nil
	}
	return m.containers[i]
}

// add adds a container. The lock is held.
func (m *Machine) add(c Container) *Container {
	m.made++
	if c.ID == "" {
		c.ID = fmt.Sprintf("%064x", m.made)
	}
	if c.State == "" {
		c.State = "created"
	}
	networks := map[string]*network.EndpointSettings{}
	if c.Options.NetworkingConfig != nil {
		maps.Copy(networks, c.Options.NetworkingConfig.EndpointsConfig)
	}
	maps.Copy(networks, c.Networks)
	c.Networks = networks
	m.containers = append(m.containers, &c)
	m.notify()
	return &c
}

func missing(kind, name string) error {
	return cerrdefs.ErrNotFound.WithMessage("No such " + kind + ": " + name)
}

// Frame is text as the engine sends what a process without a terminal prints.
func Frame(stream stdcopy.StdType, text string) []byte {
	head := []byte{byte(stream), 7: 0}
	binary.BigEndian.PutUint32(head[4:], uint32(len(text))) //nolint:gosec // a test's text is short
	return append(head, text...)
}
