package checkout

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzState: whatever lies there as a state, reading it ends, and gives only ports that a
// devup may have chosen. What was read can be changed and written again.
func FuzzState(f *testing.F) {
	for _, seed := range []string{
		"", "null", "[]", `{"version": 2}`, `{"version": 1, "projects": null}`, `{"version": 1, "projects": {"": {}}}`,
		`{"version": 1, "projects": {"shop": {"ports": [{"service": "web", "target": 80, "protocol": "tcp", "wanted": 0, "port": 99999999}, {"port": 22}, {"port": -1}]}}}`,
		`{"version": 1, "projects": {"shop": {"setup": {"web": {"once": {"command": "a", "volumes": ["b"], "data": "c"}}, "db": null}}}}`,
		`{"version": 1e0, "projects": {"a": {"ports": [{"port": 1e4, "target": 1e999}]}}}`,
	} {
		f.Add([]byte(seed))
	}
	locks := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		root := t.TempDir()
		if err := os.Mkdir(filepath.Join(root, Dir), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, Dir, stateFile), content, 0o600); err != nil {
			t.Fatal(err)
		}
		c := At(root, locks, nil)
		for name, p := range c.Read(t.Context()).Projects {
			for _, port := range p.Ports {
				if port.Port < 1024 || port.Port > 65535 {
					t.Errorf("%q has the port %d", name, port.Port)
				}
			}
		}
		added := Port{Service: "new", Target: 80, Protocol: "tcp", Port: 49152}
		if err := c.Update(t.Context(), "added", func(p *Project) { p.Ports = []Port{added} }); err != nil {
			t.Fatal(err)
		}
		if got := c.Read(t.Context()).Projects["added"].Ports; len(got) != 1 || got[0] != added {
			t.Errorf("got %v, want %v", got, added)
		}
	})
}
