package project

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestWrongGateways(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want, hint string }{
		{"a word", "gateway: yes please", "devup.yaml:3: x-devup at the top has a gateway that is neither true, false nor a mapping", "true"},
		{"near key", "gateway:\n    prot: 1", `devup.yaml:4: x-devup at the top has a gateway that has the unknown key "prot"`, `"port"`},
		{"near key at the top", "gatway: true", `devup.yaml:3: x-devup at the top has the unknown key "gatway"`, `"gateway"`},
		{"port", "gateway:\n    port: 70000", "devup.yaml:4: x-devup at the top has a gateway whose port is not a port number", "8080"},
		{"routes", "gateway:\n    routes: [/api]", "devup.yaml:4: x-devup at the top has a gateway whose routes are not a mapping", "/api"},
		{"no path", "gateway:\n    routes:\n      /: web\n      api: web", `devup.yaml:6: x-devup at the top has a gateway with the route "api", which is not a path`, "/api"},
		{"a path that leads up", "gateway:\n    routes:\n      /a/../b: web", `devup.yaml:5: x-devup at the top has a gateway with the route "/a/../b", which is not a path`, "/api"},
		{"no service", "gateway:\n    routes:\n      /: wbe", `devup.yaml:5: x-devup at the top routes / to "wbe", which is not a service`, `"web"`},
		{"strip", "gateway:\n    routes:\n      /: {service: web, strip: 1}", "devup.yaml:5: x-devup at the top has a route / whose strip is neither true nor false", ""},
		{"key of a route", "gateway:\n    routes:\n      /: {service: web, stip: true}", `devup.yaml:5: x-devup at the top has a route / that has the unknown key "stip"`, `"strip"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- devup.yaml --\nservices: {web: {image: x}}\nx-devup:\n  "+test.text+"\n")
			_, err := Load(t.Context(), Options{Dir: dir})
			e := failure(t, err)
			got := strings.ReplaceAll(e.Error(), dir+string(filepath.Separator), "")
			if !strings.HasPrefix(got, test.want) || !strings.Contains(e.Hint, test.hint) || e.Code != fail.Config {
				t.Errorf("got  %s (hint: %s)\nwant %s (hint: %s)", got, e.Hint, test.want, test.hint)
			}
		})
	}
}
