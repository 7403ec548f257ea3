package observe

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/plan"
)

// Usage is what a container uses, in JSON. Its names are a promise.
type Usage struct {
	Type       string  `json:"type"` // "stats"
	Time       string  `json:"time"` // empty for a container that does not run
	Service    string  `json:"service"`
	Container  string  `json:"container"`
	CPUPercent float64 `json:"cpu_percent"` // of one core
	Memory     uint64  `json:"memory"`      // sizes in bytes
	Limit      uint64  `json:"memory_limit"`
	Received   uint64  `json:"received"`
	Sent       uint64  `json:"sent"`
	Read       uint64  `json:"read"`
	Written    uint64  `json:"written"`
	Processes  uint64  `json:"processes"`

	ID string `json:"-"`
}

// sampler is what [Usages] needs of the engine.
type sampler interface {
	ContainerStats(context.Context, string, client.ContainerStatsOptions) (client.ContainerStatsResult, error)
}

// Usages asks for what the containers use, all at once. The engine takes a second for an
// answer: the share of the processor is counted over that time. One that is removed meanwhile
// has no row.
func Usages(ctx context.Context, e sampler, containers []plan.Container) ([]Usage, error) {
	rows := make([]Usage, len(containers))
	group, asking := errgroup.WithContext(ctx)
	for i, c := range containers {
		if !Sampled(c) {
			rows[i] = Usage{Type: "stats", Service: c.Service, Container: c.Name, ID: c.ID}
			continue
		}
		group.Go(func() error {
			answer, err := e.ContainerStats(asking, c.ID, client.ContainerStatsOptions{IncludePreviousSample: true})
			if errdefs.IsNotFound(err) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("stats of %s: %w", c.Name, err)
			}
			defer answer.Body.Close()
			var found container.StatsResponse
			if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
				return fmt.Errorf("stats of %s: %w", c.Name, err)
			}
			if !found.Read.IsZero() { // else it has just stopped
				rows[i] = usageOf(c, found)
			}
			return nil
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(rows, func(u Usage) bool { return u.Container == "" }), err
}

// Sampled tells whether the engine counts what a container uses.
func Sampled(c plan.Container) bool { return c.Up() || c.State == "paused" }

// usageOf counts as `docker stats` does: memory without the cache that the kernel gives
// back when it is needed, and the processor as a share of one core.
func usageOf(c plan.Container, s container.StatsResponse) Usage {
	u := Usage{
		Type: "stats", Time: s.Read.UTC().Format(time.RFC3339), Service: c.Service, Container: c.Name, ID: c.ID,
		CPUPercent: processor(s), Memory: s.MemoryStats.Usage, Limit: s.MemoryStats.Limit, Processes: s.PidsStats.Current,
	}
	for _, cache := range []string{"total_inactive_file", "inactive_file"} {
		if n, known := s.MemoryStats.Stats[cache]; known && n < u.Memory {
			u.Memory -= n
			break
		}
	}
	for _, n := range s.Networks {
		u.Received, u.Sent = u.Received+n.RxBytes, u.Sent+n.TxBytes
	}
	for _, b := range s.BlkioStats.IoServiceBytesRecursive {
		switch strings.ToLower(b.Op) {
		case "read":
			u.Read += b.Value
		case "write":
			u.Written += b.Value
		}
	}
	return u
}

// processor is the share of a core that was used between two counts.
func processor(s container.StatsResponse) float64 {
	cores := float64(s.CPUStats.OnlineCPUs)
	if cores == 0 {
		cores = float64(len(s.CPUStats.CPUUsage.PercpuUsage))
	}
	used := float64(s.CPUStats.CPUUsage.TotalUsage) - float64(s.PreCPUStats.CPUUsage.TotalUsage)
	passed := float64(s.CPUStats.SystemUsage) - float64(s.PreCPUStats.SystemUsage)
	if used <= 0 || passed <= 0 {
		return 0
	}
	return used / passed * cores * 100
}
