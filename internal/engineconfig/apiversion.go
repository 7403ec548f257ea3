package engineconfig

import (
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/fail"
)

// need is an attribute that an older engine would ignore in silence.
type need struct {
	api, engine string // the first that know it
	attribute   string
	used        func(types.ServiceConfig) bool
}

var needs = []need{
	{"1.43", "24", "annotations", func(s types.ServiceConfig) bool { return len(s.Annotations) > 0 }},
	{"1.44", "25", "healthcheck.start_interval", func(s types.ServiceConfig) bool {
		return s.HealthCheck != nil && s.HealthCheck.StartInterval != nil && !s.HealthCheck.Disable
	}},
	{"1.44", "25", "mac_address", func(s types.ServiceConfig) bool {
		return s.MacAddress != "" || onNetwork(s, func(n *types.ServiceNetworkConfig) bool { return n.MacAddress != "" })
	}},
	{"1.44", "25", "volumes.bind.recursive", func(s types.ServiceConfig) bool {
		return onVolume(s, func(v types.ServiceVolumeConfig) bool {
			return v.Bind != nil && (v.Bind.Recursive == "writable" || v.Bind.Recursive == "readonly")
		})
	}},
	{"1.45", "26", "volumes.volume.subpath", func(s types.ServiceConfig) bool {
		return onVolume(s, func(v types.ServiceVolumeConfig) bool { return v.Volume != nil && v.Volume.Subpath != "" })
	}},
	{"1.48", "28", "volumes of type image", func(s types.ServiceConfig) bool {
		return onVolume(s, func(v types.ServiceVolumeConfig) bool { return v.Type == types.VolumeTypeImage })
	}},
	{"1.48", "28", "networks.gw_priority", func(s types.ServiceConfig) bool {
		return onNetwork(s, func(n *types.ServiceNetworkConfig) bool { return n.GatewayPriority != 0 })
	}},
	{"1.49", "28.1", "networks.interface_name", func(s types.ServiceConfig) bool {
		return onNetwork(s, func(n *types.ServiceNetworkConfig) bool { return n.InterfaceName != "" })
	}},
}

// tooNew says which attribute of a service the engine does not know, by the API
// version that is spoken with it; empty for the newest.
func tooNew(s types.ServiceConfig, api string) error {
	for _, n := range needs {
		if api != "" && versions.LessThan(api, n.api) && n.used(s) {
			return tooOld("service "+s.Name, n.attribute, n.engine, api, n.api)
		}
	}
	return nil
}

func tooOld(what, attribute, engine, api, needed string) error {
	return fail.New(fail.EngineTooOld, "update the engine, or remove "+attribute,
		"%s uses %s, which needs Docker Engine %s (API %s); this engine speaks API %s", what, attribute, engine, needed, api)
}

func onNetwork(s types.ServiceConfig, has func(*types.ServiceNetworkConfig) bool) bool {
	for _, n := range s.Networks {
		if n != nil && has(n) {
			return true
		}
	}
	return false
}

func onVolume(s types.ServiceConfig, has func(types.ServiceVolumeConfig) bool) bool {
	return slices.ContainsFunc(s.Volumes, has)
}
