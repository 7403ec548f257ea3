package run

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/plan"
)

// wired is an engine with containers in one network.
type wired struct {
	Networks // calls that no test expects panic
	Containers
	in      []string
	refuses error  // to remove the network
	subnet  string // addresses begin so
}

func (w *wired) ContainerInspect(_ context.Context, id string, _ client.ContainerInspectOptions) (client.ContainerInspectResult, error) {
	place := &network.EndpointSettings{Aliases: []string{id}, IPAMConfig: &network.EndpointIPAMConfig{IPv4Address: netip.MustParseAddr("10.1.0.5")}}
	settings := &container.NetworkSettings{Networks: map[string]*network.EndpointSettings{"back": place}}
	return client.ContainerInspectResult{Container: container.InspectResponse{NetworkSettings: settings}}, nil
}

func (w *wired) NetworkDisconnect(_ context.Context, _ string, o client.NetworkDisconnectOptions) (client.NetworkDisconnectResult, error) {
	w.in = slices.DeleteFunc(w.in, func(id string) bool { return id == o.Container })
	return client.NetworkDisconnectResult{}, nil
}

func (w *wired) NetworkRemove(context.Context, string, client.NetworkRemoveOptions) (client.NetworkRemoveResult, error) {
	return client.NetworkRemoveResult{}, w.refuses
}

func (w *wired) NetworkCreate(context.Context, string, client.NetworkCreateOptions) (client.NetworkCreateResult, error) {
	return client.NetworkCreateResult{}, nil
}

func (w *wired) NetworkConnect(ctx context.Context, _ string, o client.NetworkConnectOptions) (client.NetworkConnectResult, error) {
	if ctx.Err() != nil {
		return client.NetworkConnectResult{}, ctx.Err()
	}
	if c := o.EndpointConfig.IPAMConfig; c != nil && !strings.HasPrefix(c.IPv4Address.String(), w.subnet) {
		return client.NetworkConnectResult{}, errors.New("no configured subnet contains IP address")
	}
	w.in = append(w.in, o.Container)
	return client.NetworkConnectResult{}, nil
}

// TestRecreateNetworkKeepsConnections: whatever becomes of the network, the containers
// that are not replaced are in it afterwards.
func TestRecreateNetworkKeepsConnections(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		refuses error
		subnet  string
		want    []string
	}{
		{"replaced", nil, "10.1.", []string{"task"}},
		{"replaced by one with other addresses", nil, "10.2.", []string{"task"}},
		{"in use by others", errors.New(`network back has active endpoints (name:"other" id:"1")`), "10.1.", []string{"task", "web"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			engine := &wired{in: []string{"web", "task"}, refuses: test.refuses, subnet: test.subnet}
			todo := &plan.Plan{Ops: []plan.Op{{Action: plan.RecreateNetwork, Name: "back", Key: "back", Detach: []string{"task", "web"}, Rejoin: []string{"task"}}}}
			p := &types.Project{Name: "shop", Networks: types.Networks{"back": {Name: "back"}}}
			if _, err := Apply(t.Context(), Engine{API: "1.51", Networks: engine, Containers: engine}, p, todo, Options{Sink: event.Discard}); (err != nil) != (test.refuses != nil) {
				t.Errorf("error %v", err)
			}
			slices.Sort(engine.in)
			if diff := cmp.Diff(test.want, engine.in); diff != "" {
				t.Errorf("in the network (-want +got):\n%s", diff)
			}
		})
	}
}
