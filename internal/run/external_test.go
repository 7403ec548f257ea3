package run

import (
	"context"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/api/types/volume"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
)

// has is an engine with what somebody else has made, and counts what it is asked.
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

func TestExternal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, shared string
		engine       has
		want         string // in the error
		asked        int
	}{
		{name: "nothing is external", shared: "networks: {n: {}}"},
		{name: "all there", shared: "networks: {n: {external: true, name: theirs}}\nvolumes: {v: {external: true}}", engine: has{networks: []string{"theirs"}, volumes: []string{"v"}}, asked: 2},
		{name: "only a longer name", shared: "networks: {n: {external: true}}", engine: has{networks: []string{"n2"}}, want: "the network n is external", asked: 1},
		{name: "no volume", shared: "volumes: {v: {external: true}}", want: "the volume v is external", asked: 1},
		{name: "a volume's name is a variable that is not set", shared: "volumes: {v: {external: true, name: \"${NOT_SET_HERE}\"}}", want: "the volume v is external and has an empty name"},
		{name: "and a network's", shared: "networks: {n: {external: true, name: \"${NOT_SET_HERE}\"}}", want: "the network n is external and has an empty name"},
		{name: "what every engine has", shared: "networks: {n: {external: true, name: host}}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := External(t.Context(), &test.engine, load(t, "services: {web: {image: x}}\n"+test.shared))
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
