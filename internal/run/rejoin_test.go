package run

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

// connectTo are the options that connect a container, with an address and an alias.
func connectTo(name string) client.NetworkConnectOptions {
	return client.NetworkConnectOptions{Container: name, EndpointConfig: &network.EndpointSettings{
		Aliases: []string{name}, IPAMConfig: &network.EndpointIPAMConfig{IPv4Address: netip.MustParseAddr("10.1.0.5")},
	}}
}

// TestRecreateNetworkKeepsConnections: whatever becomes of the network, the containers
// that are not replaced are in it afterwards, under the names that they had.
func TestRecreateNetworkKeepsConnections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		refuse map[string]error
		cancel string // the run is canceled at this request
		other  bool   // a container of another project is in the network
		want   string // the containers in the network
		events string
		err    string
	}{
		{name: "replaced", want: "task", events: "back done replaced"},
		{name: "in use by another project", other: true, want: "other task web", events: "back failed replacing", err: "network back: cannot replace it (its subnet changed) while other of another project uses it"},
		{name: "the creation fails", refuse: map[string]error{"create network back": errors.New("no more subnets")}, want: "task web", events: "back failed replacing", err: "recreate-network back: no more subnets"},
		{name: "a container that cannot leave", refuse: map[string]error{"disconnect back web": errors.New("busy")}, want: "task web", events: "back failed replacing", err: "recreate-network back: busy"},
		{name: "canceled in the middle", cancel: "remove network back", want: "task", events: "back done replaced", err: "context canceled"},
		{name: "a container that cannot come back", refuse: map[string]error{"connect back task": errors.New("no more addresses")}, want: "", events: "back warning container 1a1a1a1a1a1a is no longer connected to it: no more addresses; back done replaced"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			m := fakeengine.New()
			task, web := strings.Repeat("1a", 32), strings.Repeat("2b", 32)
			m.AddNetwork("back", map[string]string{plan.LabelProject: "shop"})
			m.Add(fakeengine.Container{ID: task, Name: "task", State: "running"})
			m.Add(fakeengine.Container{ID: web, Name: "web", State: "running"})
			m.Add(fakeengine.Container{Name: "other", State: "running"})
			for _, name := range []string{"task", "web", "other"} {
				if name == "other" && !test.other {
					continue
				}
				_, _ = fakeengine.Networks{Machine: m}.NetworkConnect(ctx, "back", connectTo(name)) // no such test refuses it
			}
			m.Refuse = func(request string) error {
				if request == test.cancel {
					cancel()
				}
				return test.refuse[request]
			}
			p := &types.Project{Name: "shop", Networks: types.Networks{"back": {Name: "back"}}}
			got := apply(ctx, m, p, Options{}, plan.Op{
				Action: plan.RecreateNetwork, Name: "back", Key: "back", Causes: []string{"its subnet changed"},
				Detach: []string{task, web}, Rejoin: []string{task},
			})
			message := ""
			if got.err != nil {
				message = got.err.Error()
			}
			if message != test.err || strings.Join(got.events, "; ") != test.events {
				t.Errorf("got  %q, %q\nwant %q, %q", got.events, message, test.events, test.err)
			}
			var in []string
			for _, name := range []string{"other", "task", "web"} {
				if c, _ := m.Container(name); c.Networks["back"] != nil {
					in = append(in, name)
					if !slices.Equal(c.Networks["back"].Aliases, []string{name}) {
						t.Errorf("%s answers to %v", name, c.Networks["back"].Aliases)
					}
				}
			}
			if in := strings.Join(in, " "); in != test.want {
				t.Errorf("in the network are %q, want %q", in, test.want)
			}
		})
	}
}

// TestRejoinWithAnotherAddress: a container whose address the new network does not have
// gets another one.
func TestRejoinWithAnotherAddress(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	m.AddNetwork("back", nil)
	m.Add(fakeengine.Container{ID: "id", Name: "task", State: "running"})
	_, _ = fakeengine.Networks{Machine: m}.NetworkConnect(t.Context(), "back", connectTo("task"))
	tries := 0
	m.Refuse = func(request string) error {
		if request != "connect back task" {
			return nil
		}
		if tries++; tries == 1 {
			return errors.New("no configured subnet contains IP address 10.1.0.5")
		}
		return nil
	}
	p := &types.Project{Name: "shop", Networks: types.Networks{"back": {Name: "back"}}}
	got := apply(t.Context(), m, p, Options{}, plan.Op{Action: plan.RecreateNetwork, Name: "back", Key: "back", Detach: []string{"id"}, Rejoin: []string{"id"}})
	c, _ := m.Container("task")
	if got.err != nil || c.Networks["back"] == nil || c.Networks["back"].IPAMConfig != nil || c.Networks["back"].Aliases[0] != "task" {
		t.Errorf("connected as %+v, %v", c.Networks["back"], got.err)
	}
}
