package project

import (
	"fmt"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
)

// TestEditLeavesTheProjectAsItIs: whatever an edit writes into, down to the volumes and
// variables of services, is the copy's own.
func TestEditLeavesTheProjectAsItIs(t *testing.T) {
	t.Parallel()
	value := "old"
	p := &Project{
		Project: &types.Project{Name: "shop", Services: types.Services{"web": {
			Name: "web", ContainerSpec: types.ContainerSpec{Environment: types.MappingWithEquals{"KEY": &value}, Volumes: []types.ServiceVolumeConfig{{Source: "old"}}},
		}}},
		Extensions: map[string]ServiceExtension{"web": {Routes: []GatewayRoute{{Prefix: "/old"}}}},
		Gateway:    &Gateway{Routes: []GatewayRoute{{Prefix: "/old"}}},
		Notes:      []string{"old"},
	}
	changed := p.Edit(func(own *Project) {
		own.Services["web"].Volumes[0].Source = "new"
		*own.Services["web"].Environment["KEY"] = "new"
		own.Services["db"] = types.ServiceConfig{Name: "db"}
		own.Extensions["web"].Routes[0].Prefix = "/new"
		own.Gateway.Routes[0].Prefix = "/new"
		own.Notes[0] = "new"
		own.AddEnvironment("web", map[string]string{"KEY": "newest", "MORE": "new"})
	})
	text := func(p *Project) string {
		web := p.Services["web"]
		return fmt.Sprint(len(p.Services), web.Volumes[0].Source, " ", *web.Environment["KEY"], len(web.Environment), p.Extensions["web"].Routes[0].Prefix, p.Gateway.Routes[0].Prefix, p.Notes)
	}
	if got, want := text(p), "1old old1/old/old[old]"; got != want {
		t.Errorf("the project is %s, want %s", got, want)
	}
	if got, want := text(changed), "2new new2/new/new[new]"; got != want {
		t.Errorf("the copy is %s, want %s", got, want)
	}
}

func BenchmarkEdit(b *testing.B) {
	p := &Project{Project: &types.Project{Services: types.Services{}}}
	for i := range 12 {
		name := fmt.Sprint("s", i)
		p.Services[name] = types.ServiceConfig{Name: name}
	}
	for b.Loop() {
		p.Edit(func(*Project) {})
	}
}
