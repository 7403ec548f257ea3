package run

import (
	"errors"
	"strings"
	"testing"

	"github.com/containerd/errdefs"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

// TestOperationsOnNetworksAndVolumes: what each asks of the engine and reports, with what
// others have created under the same name.
func TestOperationsOnNetworksAndVolumes(t *testing.T) {
	t.Parallel()
	ours, theirs := map[string]string{plan.LabelProject: "shop"}, map[string]string{plan.LabelProject: "other"}
	network := func(a plan.Action) plan.Op { return plan.Op{Action: a, Name: "shop_back", Key: "back"} }
	volume := func(a plan.Action) plan.Op { return plan.Op{Action: a, Name: "shop_data", Key: "data"} }
	disposable := volume(plan.RemoveVolume)
	disposable.Disposable, disposable.Key = true, "web:/node_modules"
	const existed = " existed already, created "
	const asItIs = ": it is used as it is (declare it with `external: true` to hide this warning)"
	for _, test := range []struct {
		name     string
		op       plan.Op
		before   func(*fakeengine.Machine)
		refuse   error
		requests string
		events   string
		err      string
	}{
		{"a network", network(plan.CreateNetwork), nil, nil, "create network shop_back", "shop_back done created", ""},
		{"our network, in the meantime", network(plan.CreateNetwork), func(m *fakeengine.Machine) { m.AddNetwork("shop_back", ours) }, nil, "create network shop_back", "shop_back done created", ""},
		{"a network of no project", network(plan.CreateNetwork), func(m *fakeengine.Machine) { m.AddNetwork("shop_back", nil) }, nil, "create network shop_back", "shop_back warning the network shop_back" + existed + "not by a project" + asItIs + "; shop_back done created", ""},
		{"a network of another project", network(plan.CreateNetwork), func(m *fakeengine.Machine) { m.AddNetwork("shop_back", theirs) }, nil, "create network shop_back", "shop_back warning the network shop_back" + existed + "by project other" + asItIs + "; shop_back done created", ""},
		{"a network that is refused", network(plan.CreateNetwork), nil, errors.New("no more subnets"), "", "shop_back failed creating", "create-network shop_back: no more subnets"},
		{"remove a network", network(plan.RemoveNetwork), func(m *fakeengine.Machine) { m.AddNetwork("shop_back", ours) }, nil, "remove network shop_back", "shop_back done removed", ""},
		{"remove a network that is gone", network(plan.RemoveNetwork), nil, nil, "remove network shop_back", "shop_back done removed", ""},
		{"remove a network in use", network(plan.RemoveNetwork), func(m *fakeengine.Machine) {
			m.AddNetwork("shop_back", ours)
			m.Add(fakeengine.Container{Name: "debugger", State: "running"})
			_, _ = fakeengine.Networks{Machine: m}.NetworkConnect(t.Context(), "shop_back", connectTo("debugger"))
			m.Requests()
		}, nil, "remove network shop_back", "shop_back warning stays: it still connects debugger", ""},
		{"a volume", volume(plan.CreateVolume), nil, nil, "create volume shop_data", "shop_data done created", ""},
		{"our volume, in the meantime", volume(plan.CreateVolume), func(m *fakeengine.Machine) { m.AddVolume("shop_data", ours) }, nil, "create volume shop_data", "shop_data done created", ""},
		{"a volume of another project", volume(plan.CreateVolume), func(m *fakeengine.Machine) { m.AddVolume("shop_data", theirs) }, nil, "create volume shop_data", "shop_data warning the volume shop_data" + existed + "by project other" + asItIs + "; shop_data done created", ""},
		{"remove a volume", volume(plan.RemoveVolume), func(m *fakeengine.Machine) { m.AddVolume("shop_data", ours) }, nil, "remove volume shop_data", "shop_data done removed", ""},
		{"remove a volume that is gone", volume(plan.RemoveVolume), nil, nil, "remove volume shop_data", "shop_data done removed", ""},
		{"a volume in use", volume(plan.RemoveVolume), nil, errdefs.ErrConflict.WithMessage("volume is in use"), "", "shop_data failed removing", "remove-volume shop_data: volume is in use"},
		{"a disposable volume in use", disposable, nil, errdefs.ErrConflict.WithMessage("volume is in use"), "", "web:/node_modules done old copy removed", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := fakeengine.New()
			if test.before != nil {
				test.before(m)
			}
			m.Refuse = func(string) error { return test.refuse }
			p := load(t, "services: {web: {image: x}}\nnetworks: {back: {}}\nvolumes: {data: {}}\n")
			got := apply(t.Context(), m, p, Options{Project: "shop"}, test.op)
			message := ""
			if got.err != nil {
				message = got.err.Error()
			}
			if got.requests != test.requests || strings.Join(got.events, "; ") != test.events || message != test.err {
				t.Errorf("got  %q, %q, %q\nwant %q, %q, %q", got.requests, got.events, message, test.requests, test.events, test.err)
			}
		})
	}
}

// TestOldEnginesGetNoSecondNetwork: before API 1.44 an engine would create another network
// of the same name.
func TestOldEnginesGetNoSecondNetwork(t *testing.T) {
	t.Parallel()
	p := load(t, "services: {web: {image: x}}\nnetworks: {back: {}}\n")
	for _, test := range []struct {
		api, existing, want string
	}{
		{"1.43", "shop_back", ""},
		{"1.43", "shop_back2", "create network shop_back"},
		{"", "shop_back", "create network shop_back"},
	} {
		m := fakeengine.New()
		m.AddNetwork(test.existing, map[string]string{plan.LabelProject: "shop"})
		e := on(m)
		e.API = test.api
		_, err := e.Apply(t.Context(), p, &plan.Plan{Ops: []plan.Op{{Action: plan.CreateNetwork, Name: "shop_back", Key: "back"}}}, Options{Sink: discard})
		if got := strings.Join(m.Requests(), "; "); got != test.want || err != nil {
			t.Errorf("API %q next to %s: requests %q, %v; want %q", test.api, test.existing, got, err, test.want)
		}
	}
}

// TestNetworkThatAnOldEngineCannotHave is refused before the engine is asked.
func TestNetworkThatAnOldEngineCannotHave(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	e := on(m)
	e.API = "1.47"
	p := load(t, "services: {web: {image: x}}\nnetworks: {back: {enable_ipv4: false}}\n")
	_, err := e.Apply(t.Context(), p, &plan.Plan{Ops: []plan.Op{{Action: plan.CreateNetwork, Name: "shop_back", Key: "back"}}}, Options{Sink: discard})
	if fail.CodeOf(err) != fail.EngineTooOld || len(m.Requests()) > 0 {
		t.Errorf("error %v", err)
	}
}
