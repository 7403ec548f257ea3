package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"testing"
	"time"

	apisystem "github.com/moby/moby/api/types/system"
)

func digest(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

func certificatePEM(der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestFileOwner(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		info     apisystem.Info
		goos     string
		remote   bool
		podman   bool
		wantUser int
	}{
		{name: "native", info: apisystem.Info{OperatingSystem: "Debian GNU/Linux 12", SecurityOptions: []string{"name=apparmor"}}, goos: "linux", wantUser: 501},
		{name: "rootless", info: apisystem.Info{SecurityOptions: []string{"name=seccomp,profile=builtin", "name=rootless"}}, goos: "linux", wantUser: 0},
		{name: "rootless Podman", info: apisystem.Info{SecurityOptions: []string{"name=seccomp,profile=default,name=rootless"}}, goos: "linux", wantUser: 0},
		{name: "rootless Podman 4.3", podman: true, info: apisystem.Info{SecurityOptions: []string{"name=seccomp,profile=default"}, DockerRootDir: "/home/ada/.local/share/containers/storage"}, goos: "linux", wantUser: 0},
		{name: "Podman of root", podman: true, info: apisystem.Info{SecurityOptions: []string{"name=seccomp,profile=default"}, DockerRootDir: "/var/lib/containers/storage"}, goos: "linux", wantUser: 501},
		{name: "Docker Desktop on Linux", info: apisystem.Info{OperatingSystem: "Docker Desktop", Name: "docker-desktop"}, goos: "linux", wantUser: 1000},
		{name: "Docker Desktop on a Mac", info: apisystem.Info{OperatingSystem: "Docker Desktop"}, goos: "darwin", wantUser: 1000},
		{name: "Colima", info: apisystem.Info{OperatingSystem: "Ubuntu 24.04 LTS", Name: "colima"}, goos: "darwin", wantUser: 1000},
		{name: "OrbStack", info: apisystem.Info{OperatingSystem: "OrbStack", Name: "orbstack"}, goos: "darwin", wantUser: 1000},
		{name: "far away", info: apisystem.Info{OperatingSystem: "Debian GNU/Linux 12"}, goos: "linux", remote: true, wantUser: 1000},
	}
	for _, tt := range tests {
		user, group := factsOf(tt.info, tt.podman).FileOwner(501, 502, tt.goos, !tt.remote)
		wantGroup := tt.wantUser
		if tt.wantUser == 501 {
			wantGroup = 502
		}
		if user != tt.wantUser || group != wantGroup {
			t.Errorf("%s: got %d:%d, want %d:%d", tt.name, user, group, tt.wantUser, wantGroup)
		}
	}
}

// TestClockOfTheEngine: the engine of a virtual machine that slept is an hour behind, and is
// asked by its own clock for the logs since a moment.
func TestClockOfTheEngine(t *testing.T) {
	t.Parallel()
	here := time.Date(2026, 11, 24, 18, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		facts Facts
		want  time.Time
	}{
		"behind":   {Facts{Time: here.Add(-time.Hour), Asked: here}, here.Add(-time.Hour - time.Minute)},
		"the same": {Facts{Time: here, Asked: here}, here.Add(-time.Minute)},
		"unknown":  {Facts{Asked: here}, here.Add(-time.Minute)},
	} {
		if got := tt.facts.Clock(here.Add(-time.Minute)); !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}
