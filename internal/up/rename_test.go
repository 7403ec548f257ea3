package up

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

func TestRenameTaken(t *testing.T) {
	t.Parallel()
	held := observe.InUse{
		Containers: map[string]string{"dynamodb-local": "fork", "lonely": ""},
		Networks:   map[string]string{"cruddur-net": "fork", "tools": "tracing"},
		Services:   map[string][]string{"fork": {"db", "dynamodb"}, "tracing": {"jaeger"}},
	}
	tests := []struct {
		name                    string
		containerName, network  string
		mine                    []string // networks of this project
		wantContainer, wantName string
		wantAliases             []string
		notes                   []string
	}{
		{
			name: "no other project has the names", containerName: "db-1", network: "shop-net",
			wantContainer: "db-1", wantName: "shop-net",
		},
		{
			name: "another fork has them", containerName: "dynamodb-local", network: "cruddur-net",
			wantName: "shop_net", wantAliases: []string{"dynamodb-local"},
			notes: []string{
				"db: the container name dynamodb-local is held by project fork, so it is shop-db-1",
				"the network cruddur-net belongs to project fork, which has a db too; this project's own is shop_net",
			},
		},
		{
			name: "a container of no project has it", containerName: "lonely", network: "shop-net",
			wantName: "shop-net", wantAliases: []string{"lonely"},
			notes: []string{"db: the container name lonely is held by another container, so it is shop-db-1"},
		},
		{
			name: "a network that is shared on purpose", network: "tools",
			wantName: "tools",
		},
		{
			name: "ours stays ours", network: "cruddur-net", mine: []string{"cruddur-net"},
			wantName: "cruddur-net",
		},
		{
			name: "once renamed, it stays so", network: "free-now", mine: []string{"shop_net"},
			wantName: "shop_net",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := types.ServiceConfig{Name: "db", ContainerName: test.containerName}
			s.Networks = map[string]*types.ServiceNetworkConfig{"net": nil}
			p := &project.Project{Project: &types.Project{
				Name: "shop", Services: types.Services{"db": s},
				Networks: types.Networks{"net": {Name: test.network}},
			}}
			state := observe.Project{InUse: held}
			for _, name := range test.mine {
				state.Networks = append(state.Networks, plan.Network{Name: name})
			}
			renameTaken(p, state)
			db := p.Services["db"]
			var aliases []string
			if n := db.Networks["net"]; n != nil {
				aliases = n.Aliases
			}
			if db.ContainerName != test.wantContainer || p.Networks["net"].Name != test.wantName {
				t.Errorf("container %q, network %q; want %q, %q", db.ContainerName, p.Networks["net"].Name, test.wantContainer, test.wantName)
			}
			if diff := cmp.Diff(test.wantAliases, aliases); diff != "" {
				t.Errorf("aliases (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.notes, p.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}
