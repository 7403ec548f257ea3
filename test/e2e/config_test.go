//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestConfigIsWhatComposeSees compares, for the small projects of testdata/config.txt,
// what devup and docker compose make of the files. A project's title ends in the
// arguments before config, or after it where they begin with config.
func TestConfigIsWhatComposeSees(t *testing.T) {
	t.Parallel()
	compose := composeBinary(t)
	if compose == "" {
		t.Skip("no docker compose to compare with")
	}
	content, err := os.ReadFile(filepath.Join("testdata", "config.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(content), "\n=== ")[1:] {
		title, archive, _ := strings.Cut(part, "\n")
		name, given, _ := strings.Cut(title, ": ")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := files(t, archive)
			args := append(strings.Fields(given), "config")
			if after, ok := strings.CutPrefix(given, "config "); ok {
				args = append([]string{"config"}, strings.Fields(after)...)
			}
			want, got := configBy(t, c, compose, args), configBy(t, c, binary, args)
			if !reflect.DeepEqual(want, got) {
				t.Errorf("%v: docker compose (-), devup (+):\n%s", args, strings.Join(differences(flat("", want), flat("", got)), "\n"))
			}
		})
	}
}

// configBy is the project as a program prints it, without what devup adds on purpose and
// without what only the versions of the library that both use write differently.
func configBy(t *testing.T, c *checkout, program string, args []string) map[string]any {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"HOME=" + c.dir, "PATH=" + os.Getenv("PATH"), "PWD=" + c.dir}
	stdin, err := os.ReadFile(c.path("compose.yaml"))
	if err == nil {
		cmd.Stdin = strings.NewReader(string(stdin))
	}
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(program), args, err, said.String())
	}
	var model map[string]any
	if err := yaml.Unmarshal(out, &model); err != nil {
		t.Fatal(err)
	}
	services, _ := model["services"].(map[string]any)
	for _, s := range services {
		service, _ := s.(map[string]any)
		delete(service, "env_file") // Compose 2 resolves it even when it is told not to
		entries(service["ports"], func(port map[string]any) {
			if port["host_ip"] == "127.0.0.1" {
				delete(port, "host_ip") // devup publishes there unless the config says otherwise
			}
			if published, ok := port["published"].(string); ok {
				port["published"], _, _ = strings.Cut(published, "-") // of a range devup tries the first port first
			}
		})
		entries(service["volumes"], func(volume map[string]any) {
			if bind, ok := volume["bind"].(map[string]any); ok {
				delete(bind, "create_host_path") // versions differ in whether true or false is left out
			}
		})
	}
	return model
}

// entries does something for every mapping of a list.
func entries(list any, each func(map[string]any)) {
	items, _ := list.([]any)
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			each(m)
		}
	}
}

// flat lists a tree as sorted lines "path: value".
func flat(path string, v any) []string {
	var lines []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			lines = append(lines, flat(path+"."+key, v[key])...)
		}
	case []any:
		for i, item := range v {
			lines = append(lines, flat(fmt.Sprintf("%s[%d]", path, i), item)...)
		}
	default:
		return []string{fmt.Sprintf("%s: %v", path, v)}
	}
	return lines
}
