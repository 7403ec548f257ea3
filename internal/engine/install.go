package engine

import (
	"slices"
	"strings"
)

// installHint is exactly what to type to get an engine on this machine.
func installHint(m machine) string {
	switch m.platform {
	case codespace:
		return `add the feature "ghcr.io/devcontainers/features/docker-in-docker:2" to .devcontainer/devcontainer.json and rebuild the container`
	case gitpod:
		return "use an image with Docker in .gitpod.yml, for example `image: gitpod/workspace-full`"
	case container:
		return "start this container with `-v /var/run/docker.sock:/var/run/docker.sock`, or set DOCKER_HOST"
	}
	switch m.goos {
	case "darwin":
		return "install one: `brew install --cask docker && open -a Docker`, or `brew install colima docker && colima start`"
	case "windows":
		return "install one: `winget install Docker.DockerDesktop`, then start Docker Desktop from the Start menu"
	}
	hint := "install one: `" + installLinux(m) + "`"
	if m.platform == wsl {
		hint += ", or switch on this distribution in Docker Desktop under Settings, Resources, WSL integration"
	}
	return hint
}

// installLinux is one shell line for the distribution.
func installLinux(m machine) string {
	is := func(ids ...string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(m.distribution, id) })
	}
	var lines []string
	switch {
	case is("debian", "ubuntu"):
		lines = []string{"apt-get update", "apt-get install -y docker.io"}
	case len(m.distribution) > 0 && m.distribution[0] == "fedora":
		lines = []string{"dnf install -y moby-engine", "systemctl enable --now docker"}
	case is("rhel", "centos", "fedora"):
		if m.uid != 0 {
			return "sudo dnf install -y podman && systemctl --user enable --now podman.socket"
		}
		lines = []string{"dnf install -y podman", "systemctl enable --now podman.socket"}
	case is("arch"):
		lines = []string{"pacman -S --noconfirm docker", "systemctl enable --now docker"}
	case is("alpine"):
		lines = []string{"apk add docker", "rc-update add docker", "service docker start"}
	case is("suse", "opensuse"):
		lines = []string{"zypper install -y docker", "systemctl enable --now docker"}
	default:
		lines = []string{"curl -fsSL https://get.docker.com | sh"}
	}
	if m.uid == 0 {
		return strings.Join(lines, " && ")
	}
	lines = append(lines, joinGroup)
	for i, line := range lines {
		lines[i] = sudo(line)
	}
	return strings.Join(lines, " && ")
}

// joinGroup lets the user use the engine's socket from the next login on.
const joinGroup = "usermod -aG docker $USER"

// sudo puts sudo where root is needed: before the shell, of a line with a pipe.
func sudo(line string) string {
	if before, after, ok := strings.Cut(line, "| "); ok {
		return before + "| sudo " + after
	}
	return "sudo " + line
}
