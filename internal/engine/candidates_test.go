package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		system system
		want   string
	}{
		{
			name:   "linux",
			system: system{goos: "linux", home: "/home/ada", uid: 1000, env: environment("XDG_RUNTIME_DIR", "/run/user/1000")},
			want: `
unix:///var/run/docker.sock Docker
unix:///run/user/1000/docker.sock rootless Docker
unix:///home/ada/.docker/run/docker.sock Docker Desktop
unix:///home/ada/.docker/desktop/docker.sock Docker Desktop
unix:///home/ada/.orbstack/run/docker.sock OrbStack
unix:///home/ada/.colima/default/docker.sock Colima
unix:///home/ada/.colima/docker.sock Colima
unix:///home/ada/.rd/docker.sock Rancher Desktop
unix:///run/user/1000/podman/podman.sock Podman
unix:///run/podman/podman.sock Podman`,
		},
		{
			name:   "linux in a session without its runtime directory, and without a home",
			system: system{goos: "linux", uid: 1000, env: environment()},
			want: `
unix:///var/run/docker.sock Docker
unix:///run/user/1000/docker.sock rootless Docker
unix:///run/user/1000/podman/podman.sock Podman
unix:///run/podman/podman.sock Podman`,
		},
		{
			name:   "root, whose runtime directory is /run: each place once",
			system: system{goos: "linux", env: environment("XDG_RUNTIME_DIR", "/run/")},
			want: `
unix:///var/run/docker.sock Docker
unix:///run/docker.sock rootless Docker
unix:///run/podman/podman.sock Podman`,
		},
		{
			name:   "darwin",
			system: system{goos: "darwin", home: "/Users/ada", uid: 501, env: environment("TMPDIR", "/var/directories/x/T/")},
			want: `
unix:///var/run/docker.sock Docker
unix:///Users/ada/.docker/run/docker.sock Docker Desktop
unix:///Users/ada/.docker/desktop/docker.sock Docker Desktop
unix:///Users/ada/.orbstack/run/docker.sock OrbStack
unix:///Users/ada/.colima/default/docker.sock Colima
unix:///Users/ada/.colima/docker.sock Colima
unix:///Users/ada/.rd/docker.sock Rancher Desktop
unix:///var/directories/x/T/podman/podman-machine-default-api.sock Podman
unix:///Users/ada/.local/share/containers/podman/machine/podman.sock Podman
unix:///Users/ada/.local/share/containers/podman/machine/qemu/podman.sock Podman`,
		},
		{
			name:   "windows",
			system: system{goos: "windows", home: `C:\Users\ada`, uid: -1, env: environment()},
			want: `
npipe:////./pipe/docker_engine Docker
npipe:////./pipe/dockerDesktopLinuxEngine Docker Desktop
npipe:////./pipe/podman-machine-default Podman`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			for _, c := range candidates(tt.system) {
				got.WriteString("\n" + c.host + " " + string(c.kind))
			}
			if diff := cmp.Diff(tt.want, got.String()); diff != "" {
				t.Errorf("candidates differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNormalHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		host string
		tls  bool
		want string // or part of the error
	}{
		{host: "unix:///var/run/docker.sock", want: "unix:///var/run/docker.sock"},
		{host: "npipe:////./pipe/docker_engine", want: "npipe:////./pipe/docker_engine"},
		{host: "tcp://10.0.0.1:2375", want: "tcp://10.0.0.1:2375"},
		{host: "tcp://10.0.0.1", want: "tcp://10.0.0.1:2375"},
		{host: "tcp://10.0.0.1", tls: true, want: "tcp://10.0.0.1:2376"},
		{host: "tcp://[::1]", want: "tcp://[::1]:2375"},
		{host: "tcp://:2375", want: "tcp://localhost:2375"},
		{host: "localhost:2375", want: "tcp://localhost:2375"},
		{host: "ssh://ada@box", want: "ssh://ada@box"},
		{host: "ssh://ada@box:2222/run/docker.sock", want: "ssh://ada@box:2222/run/docker.sock"},
		{host: "/var/run/docker.sock", want: "has no scheme"},
		{host: "unix://", want: "names no socket"},
		{host: "ssh://", want: "names no host"},
		{host: "http://10.0.0.1:2375", want: "unknown scheme http"},
		{host: "tcp://10.0.0.1:x", want: "is not a host"},
	}
	for _, tt := range tests {
		got, err := normalHost(tt.host, tt.tls)
		if err != nil {
			got = err.Error()
		}
		if (err == nil && got != tt.want) || !strings.Contains(got, tt.want) {
			t.Errorf("normalHost(%q, %v) = %q, want %q", tt.host, tt.tls, got, tt.want)
		}
	}
}

func TestLocalHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"unix:///x": true, "npipe:////./pipe/x": true, "tcp://localhost:1": true, "tcp://127.0.0.1:1": true,
		"tcp://10.0.0.1:1": false, "ssh://ada@box": false, "tcp://[::1]:1": true,
	} {
		if got := localHost(host); got != want {
			t.Errorf("localHost(%q) = %v, want %v", host, got, want)
		}
	}
}
