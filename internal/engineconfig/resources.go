package engineconfig

import (
	"maps"
	"math"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/blkiodev"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// resources are what a service may use of the machine. What `deploy` says goes
// before the older keys of the service itself.
func resources(s types.ServiceConfig) container.Resources {
	r := container.Resources{
		CgroupParent: s.CgroupParent, CPUShares: s.CPUShares, CPUPeriod: s.CPUPeriod, CPUQuota: s.CPUQuota,
		CPURealtimePeriod: s.CPURTPeriod, CPURealtimeRuntime: s.CPURTRuntime, CpusetCpus: s.CPUSet,
		CPUCount: s.CPUCount, CPUPercent: int64(s.CPUPercent * 100),
		NanoCPUs: nano(s.CPUS), Memory: int64(s.MemLimit), MemoryReservation: int64(s.MemReservation),
		MemorySwap: int64(s.MemSwapLimit), OomKillDisable: &s.OomKillDisable,
		DeviceCgroupRules: s.DeviceCgroupRules, Ulimits: ulimits(s.Ulimits),
	}
	if s.MemSwappiness != 0 {
		swappiness := int64(s.MemSwappiness)
		r.MemorySwappiness = &swappiness
	}
	if s.PidsLimit != 0 {
		r.PidsLimit = &s.PidsLimit
	}
	blockIO(&r, s.BlkioConfig)
	deployed(&r, s.Deploy)
	devices(&r, s)
	return r
}

// nano is a number of CPUs in billionths, by the decimal number that was
// written: as a binary fraction 0.1 is a little more than that.
func nano(cpus float32) int64 { return int64(math.Round(float64(cpus)*1e6)) * 1000 }

func ulimits(limits map[string]*types.UlimitsConfig) []*container.Ulimit {
	var list []*container.Ulimit
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		u := limits[name]
		limit := &container.Ulimit{Name: name, Soft: int64(u.Soft), Hard: int64(u.Hard)}
		if u.Single != 0 {
			limit.Soft, limit.Hard = int64(u.Single), int64(u.Single)
		}
		list = append(list, limit)
	}
	return list
}

func blockIO(r *container.Resources, b *types.BlkioConfig) {
	if b == nil {
		return
	}
	r.BlkioWeight = b.Weight
	for _, d := range b.WeightDevice {
		r.BlkioWeightDevice = append(r.BlkioWeightDevice, &blkiodev.WeightDevice{Path: d.Path, Weight: d.Weight})
	}
	r.BlkioDeviceReadBps = throttles(b.DeviceReadBps)
	r.BlkioDeviceReadIOps = throttles(b.DeviceReadIOps)
	r.BlkioDeviceWriteBps = throttles(b.DeviceWriteBps)
	r.BlkioDeviceWriteIOps = throttles(b.DeviceWriteIOps)
}

func throttles(devices []types.ThrottleDevice) []*blkiodev.ThrottleDevice {
	var list []*blkiodev.ThrottleDevice
	for _, d := range devices {
		list = append(list, &blkiodev.ThrottleDevice{Path: d.Path, Rate: uint64(max(d.Rate, 0))})
	}
	return list
}

// deployed are the limits and reservations of `deploy`. CPUs are reserved in a
// swarm only.
func deployed(r *container.Resources, d *types.DeployConfig) {
	if d == nil {
		return
	}
	if limits := d.Resources.Limits; limits != nil {
		if limits.NanoCPUs != 0 {
			r.NanoCPUs = nano(float32(limits.NanoCPUs))
		}
		if limits.MemoryBytes != 0 {
			r.Memory = int64(limits.MemoryBytes)
		}
		if limits.Pids > 0 {
			r.PidsLimit = &limits.Pids
		}
	}
	if reserved := d.Resources.Reservations; reserved != nil {
		if reserved.MemoryBytes != 0 {
			r.MemoryReservation = int64(reserved.MemoryBytes)
		}
		for _, device := range reserved.Devices {
			r.DeviceRequests = append(r.DeviceRequests, deviceRequest(device))
		}
	}
}

// injected recognises the name of a device that the Container Device Interface
// knows: vendor.com/class=device.
var injected = lazyregexp.New(`^[A-Za-z][\w.-]*[A-Za-z0-9]/[A-Za-z][\w-]*=[A-Za-z0-9][\w.:-]*$`)

func devices(r *container.Resources, s types.ServiceConfig) {
	var names []string
	for _, d := range s.Devices {
		if d.Source == d.Target && injected.MatchString(d.Source) {
			names = append(names, d.Source)
			continue
		}
		r.Devices = append(r.Devices, container.DeviceMapping{PathOnHost: d.Source, PathInContainer: d.Target, CgroupPermissions: d.Permissions})
	}
	if len(names) > 0 {
		r.DeviceRequests = append(r.DeviceRequests, container.DeviceRequest{Driver: "cdi", DeviceIDs: names})
	}
	for _, gpu := range s.Gpus {
		gpu.Capabilities = append(slices.Clone(gpu.Capabilities), "gpu")
		r.DeviceRequests = append(r.DeviceRequests, deviceRequest(gpu))
	}
}

func deviceRequest(d types.DeviceRequest) container.DeviceRequest {
	return container.DeviceRequest{
		Driver: d.Driver, Count: int(d.Count), DeviceIDs: d.IDs, Capabilities: [][]string{d.Capabilities}, Options: d.Options,
	}
}
