package engine

import (
	"path"
	"strconv"

	"github.com/devup-cli/devup/internal/dockerconfig"
)

// system is what the pure functions know of the machine without looking at it.
type system struct {
	goos string
	env  func(string) string
	home string // empty when unknown
	uid  int    // -1 on Windows
}

// kind is a product that brings an engine.
type kind string

const (
	docker   kind = "Docker"
	rootless kind = "rootless Docker"
	desktop  kind = "Docker Desktop"
	orbstack kind = "OrbStack"
	colima   kind = "Colima"
	rancher  kind = "Rancher Desktop"
	podman   kind = "Podman"
)

// candidate is an address where an engine may listen.
type candidate struct {
	host string
	kind kind
}

// candidates lists the usual places of the operating system, the likeliest
// first, each once.
func candidates(s system) []candidate {
	var all []candidate
	socket := func(k kind, dir string, elements ...string) {
		if dir == "" {
			return // the variable or the home directory is not known
		}
		host := "unix://" + path.Join(append([]string{dir}, elements...)...)
		for _, c := range all {
			if c.host == host {
				return
			}
		}
		all = append(all, candidate{host, k})
	}
	switch s.goos {
	case "windows":
		return []candidate{
			{"npipe:////./pipe/docker_engine", docker},
			{"npipe:////./pipe/dockerDesktopLinuxEngine", desktop},
			{"npipe:////./pipe/podman-machine-default", podman},
		}
	case "darwin":
		socket(docker, "/var/run", "docker.sock")
		inHome(socket, s)
		socket(podman, s.env("TMPDIR"), "podman", "podman-machine-default-api.sock")
		machine := join(s.home, ".local/share/containers/podman/machine")
		socket(podman, machine, "podman.sock")
		socket(podman, machine, "qemu", "podman.sock")
	default:
		socket(docker, "/var/run", "docker.sock")
		socket(rootless, runtimeDir(s), "docker.sock")
		inHome(socket, s)
		socket(podman, runtimeDir(s), "podman", "podman.sock")
		socket(podman, "/run", "podman", "podman.sock")
	}
	return all
}

// inHome adds the sockets that the products of laptops make in the home directory.
func inHome(socket func(kind, string, ...string), s system) {
	socket(desktop, s.home, ".docker/run/docker.sock")
	socket(desktop, s.home, ".docker/desktop/docker.sock")
	socket(orbstack, s.home, ".orbstack/run/docker.sock")
	socket(colima, s.env("COLIMA_HOME"), "default/docker.sock")
	socket(colima, s.home, ".colima/default/docker.sock")
	socket(colima, s.home, ".colima/docker.sock")
	socket(rancher, s.home, ".rd/docker.sock")
}

// runtimeDir is where the sockets of the user's own services lie on Linux. A
// session that came by su or ssh may lack the variable; the directory exists all
// the same. Root's own is asked for only when it is named.
func runtimeDir(s system) string {
	if dir := s.env("XDG_RUNTIME_DIR"); dir != "" {
		return dir
	}
	if s.uid > 0 {
		return "/run/user/" + strconv.Itoa(s.uid)
	}
	return ""
}

// configDir is the directory of the docker command's config file and contexts; empty when
// there is no home.
func configDir(s system) string { return dockerconfig.Dir(s.env("DOCKER_CONFIG"), s.home) }

// join is path.Join, but stays empty below an unknown directory.
func join(dir, rest string) string {
	if dir == "" {
		return ""
	}
	return path.Join(dir, rest)
}
