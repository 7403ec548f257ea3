package observe

import (
	"context"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
)

// has is an engine with what another user has made, and counts what it is asked.
type has struct {
	networks, volumes []string
	asked             int
}

func (h *has) NetworkList(context.Context, client.NetworkListOptions) (client.NetworkListResult, error) {
	h.asked++
	var result client.NetworkListResult
	for _, name := range h.networks {
		result.Items = append(result.Items, network.Summary{Network: network.Network{Name: name}})
	}
	return result, nil
}

func (h *has) VolumeList(context.Context, client.VolumeListOptions) (client.VolumeListResult, error) {
	h.asked++
	var result client.VolumeListResult
	for _, name := range h.volumes {
		result.Items = append(result.Items, volume.Volume{Name: name})
	}
	return result, nil
}

func TestCheckExternal(t *testing.T) {
	t.Parallel()
	networks := func(n types.NetworkConfig) types.Project { return types.Project{Networks: types.Networks{"n": n}} }
	volumes := func(v types.VolumeConfig) types.Project { return types.Project{Volumes: types.Volumes{"v": v}} }
	tests := []struct {
		name    string
		project types.Project
		engine  has
		want    string // in the error
		asked   int
	}{
		{name: "nothing is external", project: networks(types.NetworkConfig{Name: "shop_n"})},
		{
			name: "all there", project: types.Project{
				Networks: types.Networks{"n": {External: true, Name: "theirs"}}, Volumes: types.Volumes{"v": {External: true, Name: "v"}},
			},
			engine: has{networks: []string{"theirs"}, volumes: []string{"v"}}, asked: 2,
		},
		{name: "only a longer name", project: networks(types.NetworkConfig{External: true, Name: "n"}), engine: has{networks: []string{"n2"}}, want: "the network n is external", asked: 1},
		{name: "no volume", project: volumes(types.VolumeConfig{External: true, Name: "v"}), want: "the volume v is external", asked: 1},
		{name: "a volume without a name", project: volumes(types.VolumeConfig{External: true}), want: "the volume v is external and has an empty name"},
		{name: "a network without a name", project: networks(types.NetworkConfig{External: true}), want: "the network n is external and has an empty name"},
		{name: "what every engine has", project: networks(types.NetworkConfig{External: true, Name: "host"})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := CheckExternal(t.Context(), &test.engine, &test.project)
			if test.engine.asked != test.asked {
				t.Errorf("asked %d times, want %d", test.engine.asked, test.asked)
			}
			if test.want == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			if fail.CodeOf(err) != fail.Config || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
