package engine

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	apisystem "github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/fail"
)

// Facts is what the engine says about itself.
type Facts struct {
	ServerVersion   string // "28.5.2"
	OS              string // of the containers: "linux", "windows"
	OperatingSystem string // of the engine's host: "Debian GNU/Linux 12 (bookworm)"
	Arch            string // "x86_64"
	Name            string // of the engine's host
	NCPU            int    // processors that containers may use
	MemTotal        int64  // bytes of memory that containers may use
	DockerRootDir   string // where images and volumes lie, on the engine's host
	Driver          string // of image storage: "overlay2"
	Rootless        bool   // the engine has no root rights: its root is the user
	Desktop         bool   // it runs in a virtual machine that maps the owners of files (Docker Desktop, OrbStack, Colima, …)
	Podman          bool   // it is Podman
	MemoryLimit     bool   // it can limit the memory of containers
	HTTPProxy       string // through which it fetches images, credentials left out; empty for none
	HTTPSProxy      string

	Time  time.Time // of its own clock; zero when it does not say
	Asked time.Time // of this machine's clock, at the same moment
}

// Clock is what the engine's clock shows at the time t of this machine's. The two differ
// where the engine is elsewhere, or in a virtual machine that slept.
func (f Facts) Clock(t time.Time) time.Time {
	if f.Time.IsZero() {
		return t
	}
	return t.Add(f.Time.Sub(f.Asked))
}

// Facts asks the engine about itself, once; later calls give the same answer.
func (e *Engine) Facts(ctx context.Context) (Facts, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.facts != nil {
		return *e.facts, nil
	}
	began := time.Now()
	var answer client.SystemInfoResult
	err := e.Limited(ctx, func(ctx context.Context) (err error) {
		answer, err = e.Client.Info(ctx, client.InfoOptions{})
		return err
	})
	if fail.CodeOf(err) == fail.NoEngine {
		return Facts{}, err
	}
	if err != nil {
		return Facts{}, fmt.Errorf("ask the engine at %s about itself: %w", e.Endpoint, err)
	}
	facts := factsOf(answer.Info, e.Podman)
	facts.Asked = began.Add(time.Since(began) / 2)
	e.facts = &facts
	return facts, nil
}

func factsOf(info apisystem.Info, podman bool) Facts {
	return Facts{
		ServerVersion: info.ServerVersion, OS: info.OSType, OperatingSystem: info.OperatingSystem,
		Arch: info.Architecture, Name: info.Name, NCPU: info.NCPU, MemTotal: info.MemTotal,
		DockerRootDir: info.DockerRootDir, Driver: info.Driver, Podman: podman,
		Rootless:    rootlessly(info, podman),
		Desktop:     inVM(info.OperatingSystem, info.Name),
		MemoryLimit: info.MemoryLimit, HTTPProxy: withoutUser(info.HTTPProxy), HTTPSProxy: withoutUser(info.HTTPSProxy),
		Time: timeOf(info.SystemTime),
	}
}

// rootlessly reports whether the engine has no root rights. Podman 4 does not say so where
// Docker does; only the one of root keeps its storage in the system's directory.
func rootlessly(info apisystem.Info, podman bool) bool {
	return podman && info.DockerRootDir != "" && !strings.HasPrefix(info.DockerRootDir, "/var/lib/") ||
		slices.ContainsFunc(info.SecurityOptions, func(option string) bool {
			return slices.Contains(strings.Split(option, ","), "name=rootless")
		})
}

func timeOf(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// withoutUser is the address of a proxy without a name and a password.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User = nil
	return u.String()
}

// inVM knows the products that bring a virtual machine by the name that they
// give their system or their host.
func inVM(operatingSystem, name string) bool {
	for _, product := range []string{"Docker Desktop", "OrbStack", "Rancher Desktop"} {
		if strings.Contains(operatingSystem, product) {
			return true
		}
	}
	name = strings.ToLower(name)
	return name == "docker-desktop" || name == "orbstack" || strings.HasPrefix(name, "colima") || strings.HasPrefix(name, "lima-")
}

// FileOwner is the user and the group, as containers count them, whom files on
// bind mounts should belong to, given the user's own and whether the engine
// runs on this machine. A native engine takes over the numbers; a rootless one
// maps its root to the user; a virtual machine and a remote engine know no user
// here, and 1000 is the first user of nearly every image.
func (f Facts) FileOwner(uid, gid int, goos string, local bool) (u, g int) {
	switch {
	case f.Desktop || goos != "linux" || !local:
		return 1000, 1000
	case f.Rootless:
		return 0, 0
	default:
		return uid, gid
	}
}
