package engine

import (
	"slices"
	"strings"
)

// start says how an installed engine is started: by devup, when command is set,
// else by the user, who types the command in say.
type start struct {
	kind    kind
	command []string // what devup runs; the first element is a path or a well-known command
	say     string   // what the user types or does
	itself  bool     // it is about to start by itself
}

// dockerInit is the script with which the dev container feature docker-in-docker starts
// its engine. It runs in the background: commands such as postStartCommand do not wait
// for it (devcontainers/features#671).
const dockerInit = "usr/local/share/docker-init.sh"

// order is the order in which products are considered where none was chosen:
// the system's own first, the imitation last.
var order = []kind{docker, rootless, desktop, orbstack, colima, rancher, podman}

// startOf decides how to start an engine of the wanted kinds that is installed
// but not running. What devup may run itself goes before what needs the user.
// It gives false when none is installed.
func startOf(m machine, wanted []kind) (start, bool) {
	var found []start
	for _, k := range order {
		program, installed := m.installed[k]
		if !installed || !slices.Contains(wanted, k) || (k == podman && len(found) > 0) {
			continue // Podman is used only where there is no other
		}
		one := howTo(m, k, program)
		if one.itself {
			return one, true
		}
		if one.command != nil {
			one.say = strings.Join(one.command, " ")
			return one, true
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		return start{}, false
	}
	return found[0], true
}

// howTo is how one product is started on this machine.
func howTo(m machine, k kind, program string) start {
	by := func(command ...string) start { return start{kind: k, command: command} }
	user := func(unit string) start {
		if !m.systemd {
			return start{kind: k, say: "systemctl --user start " + unit}
		}
		return by("systemctl", "--user", "start", unit)
	}
	switch {
	case k == docker:
		return systemDocker(m)
	case k == rootless:
		return user(program)
	case k == desktop && m.goos == "darwin":
		return by("open", "-a", "Docker")
	case k == desktop && m.goos == "windows":
		return start{kind: k, say: "start Docker Desktop from the Start menu"}
	case k == desktop:
		return user(program)
	case k == orbstack, k == colima, k == rancher:
		return by(program, "start")
	case m.goos != "linux":
		return by(program, "machine", "start")
	case m.uid == 0 && m.systemd:
		return by("systemctl", "start", "podman.socket")
	default:
		return user("podman.socket")
	}
}

// systemDocker is how the engine of the distribution is started. Only root may,
// and only through the machine's own service manager: an engine that devup had
// started by hand would have to be managed by devup.
func systemDocker(m machine) start {
	one := start{kind: docker}
	switch {
	case m.dockerInit && m.uid == 0:
		one.itself, one.say = true, "/"+dockerInit
	case m.dockerInit:
		one.itself, one.say = true, "sudo /"+dockerInit
	case m.platform == gitpod:
		one.say = "sudo docker-up"
	case m.uid == 0 && m.systemd:
		one.command = []string{"systemctl", "start", "docker"}
	case m.uid == 0 && m.serviceScript:
		one.command = []string{"service", "docker", "start"}
	case m.systemd:
		one.say = "sudo systemctl start docker"
	case m.serviceScript:
		one.say = "sudo service docker start"
	case m.uid == 0:
		one.say = "dockerd >/var/log/dockerd.log 2>&1 &"
	default:
		one.say = "sudo sh -c 'dockerd >/var/log/dockerd.log 2>&1 &'"
	}
	return one
}
