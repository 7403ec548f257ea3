package engineconfig

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// TestOldEngines: what an engine would ignore in silence is refused with its name and the
// version that knows it; what Compose does in another way there is done so.
func TestOldEngines(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ service, api, want string }{
		{`{image: x, healthcheck: {test: "true", start_period: 1s, start_interval: 1s}}`, "1.43", "healthcheck.start_interval, which needs Docker Engine 25"},
		{`{image: x, healthcheck: {test: "true", start_period: 1s, start_interval: 1s}}`, "1.44", ""},
		{`{image: x, volumes: [{type: volume, source: data, target: /d, volume: {subpath: a}}]}`, "1.44", "volumes.volume.subpath, which needs Docker Engine 26"},
		{`{image: x, networks: {default: {gw_priority: 1}}}`, "1.47", "networks.gw_priority, which needs Docker Engine 28"},
		{`{image: x, networks: {default: {interface_name: eth7}}}`, "1.48", "networks.interface_name, which needs Docker Engine 28.1"},
		{`{image: x, mac_address: "02:42:00:00:00:01"}`, "1.41", "mac_address, which needs Docker Engine 25"},
		{`{image: x, annotations: {a: b}}`, "1.41", "annotations, which needs Docker Engine 24"},
		{`{image: x, volumes: [{type: image, source: y, target: /d}]}`, "1.47", "volumes of type image, which needs Docker Engine 28"},
		{`{image: x, annotations: {a: b}}`, "", ""},
	} {
		p := load(t, "services:\n  web: "+test.service+"\nvolumes: {data: {}}\n")
		_, err := Create(p, Container{Service: p.Services["web"], Number: 1, API: test.api})
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s on %s: %v", test.service, test.api, err)
		case test.want != "" && (fail.CodeOf(err) != fail.EngineTooOld || !strings.Contains(err.Error(), "service web uses "+test.want)):
			t.Errorf("%s on %s: error %v, want %q", test.service, test.api, err, test.want)
		}
	}
}

// TestNetworksOfOldEngines: an engine before API 1.44 is given one network at creation.
func TestNetworksOfOldEngines(t *testing.T) {
	t.Parallel()
	p := load(t, "services: {web: {image: x, networks: [a, b, c]}}\nnetworks: {a: {}, b: {}, c: {}}\n")
	for _, test := range []struct {
		api        string
		now, later int
	}{{"1.43", 1, 2}, {"1.44", 3, 0}, {"", 3, 0}} {
		now, later, err := endpoints(p, Container{Service: p.Services["web"], Number: 1, API: test.api})
		if err != nil || len(now) != test.now || len(later) != test.later {
			t.Errorf("API %s: %d at creation, %d later (%v), want %d and %d", test.api, len(now), len(later), err, test.now, test.later)
		}
	}
}
