package engineconfig

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/request")

// TestRequests holds the engine's words for every container of the projects that the
// end-to-end tests compare with docker compose.
func TestRequests(t *testing.T) {
	t.Parallel()
	directory, err := filepath.Abs(filepath.Join("..", "..", "test", "e2e", "testdata", "parity"))
	if err != nil {
		t.Fatal(err)
	}
	projects, err := filepath.Glob(filepath.Join(directory, "*.yaml"))
	if err != nil || len(projects) == 0 {
		t.Fatalf("no projects: %v", err)
	}
	for _, name := range projects {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			t.Parallel()
			got := strings.ReplaceAll(requests(t, loadFile(t, name)), directory, "DIR")
			golden := filepath.Join("testdata", "request", strings.TrimSuffix(filepath.Base(name), ".yaml")+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func loadFile(t *testing.T, name string) *types.Project {
	t.Helper()
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  filepath.Dir(name),
		ConfigFiles: []types.ConfigFile{{Filename: name}},
		Environment: types.Mapping{"COMPOSE_PROJECT_NAME": "parity", "PARITY_SECRET": "open sesame"},
	}, func(o *loader.Options) { o.SetProjectName("parity", true) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// requests is what the engine is asked for, a line for each field that says something.
func requests(t *testing.T, p *types.Project) string {
	t.Helper()
	var b strings.Builder
	for _, name := range slices.Sorted(slices.Values(p.ServiceNames())) {
		opts, err := Create(p, Container{Service: p.Services[name], Number: 1})
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("# " + opts.Name + "\n")
		if opts.Platform != nil {
			b.WriteString("platform " + opts.Platform.OS + "/" + opts.Platform.Architecture + "\n")
		}
		writeFields(t, &b, "", opts.Config)
		writeFields(t, &b, "HostConfig.", opts.HostConfig)
		if opts.NetworkingConfig != nil {
			for _, network := range slices.Sorted(maps.Keys(opts.NetworkingConfig.EndpointsConfig)) {
				writeFields(t, &b, "network "+network+" ", opts.NetworkingConfig.EndpointsConfig[network])
			}
		}
		files, err := filesOf(p, p.Services[name])
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.path == "" {
				raw, _ := json.Marshal(map[string]any{"target": f.target, "mode": f.mode, "uid": f.uid, "gid": f.gid, "bytes": len(f.content)})
				b.WriteString("copied " + string(raw) + "\n")
			}
		}
	}
	return b.String()
}

func writeFields(t *testing.T, b *strings.Builder, prefix string, part any) {
	t.Helper()
	raw, err := json.Marshal(part)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch value := string(fields[name]); value {
		case "null", `""`, "0", "false", "[0,0]", "{}":
		default:
			b.WriteString(prefix + name + " " + value + "\n")
		}
	}
}
