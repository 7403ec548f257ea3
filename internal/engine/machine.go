package engine

import (
	"bufio"
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// machine is what the files of this machine say about engines on it.
type machine struct {
	system
	distribution  []string        // ID and ID_LIKE of /etc/os-release: "ubuntu", "debian"
	systemd       bool            // systemd runs, so services can be started through it
	serviceScript bool            // /etc/init.d has a script for Docker
	dockerInit    bool            // this is a dev container that starts its own Docker, while other things in it run already
	platform      platform        // where this machine itself runs
	inGroup       bool            // the user is in the docker group, though perhaps not yet in this session
	installed     map[kind]string // the products found; the value is the program that starts them
}

// platform is an environment in which engines are started in its own way.
type platform string

const (
	gitpod    platform = "gitpod"
	codespace platform = "codespace"
	wsl       platform = "wsl"
	container platform = "container"
)

// detect reads the machine. files is rooted at "/", or at C:\ on Windows.
func detect(s system, files fs.FS) machine {
	m := machine{
		system: s, platform: platformOf(s, files), installed: map[kind]string{},
		systemd: exists(files, "run/systemd/system"), serviceScript: exists(files, "etc/init.d/docker"),
		dockerInit: exists(files, dockerInit),
	}
	if data, err := fs.ReadFile(files, "etc/os-release"); err == nil {
		m.distribution = distribution(data)
	}
	if data, err := fs.ReadFile(files, "etc/group"); err == nil {
		m.inGroup = inGroup(data, "docker", s.env("USER"))
	}
	add := func(k kind, program string) {
		if program != "" {
			m.installed[k] = program
		}
	}
	switch s.goos {
	case "windows":
		add(desktop, existing(files, "Program Files/Docker/Docker/Docker Desktop.exe"))
		return m
	case "darwin":
		add(desktop, existing(files, "Applications/Docker.app", path.Join(relative(s.home), "Applications/Docker.app")))
		add(orbstack, program(s, files, "orb"))
	default:
		add(docker, program(s, files, "dockerd"))
		add(rootless, userUnit(s, files, "docker.service"))
		add(desktop, userUnit(s, files, "docker-desktop.service"))
	}
	add(colima, program(s, files, "colima"))
	add(rancher, program(s, files, "rdctl"))
	add(podman, program(s, files, "podman"))
	return m
}

// platformOf is the environment around the machine, the most specific first.
func platformOf(s system, files fs.FS) platform {
	version, _ := fs.ReadFile(files, "proc/version")
	switch {
	case s.env("CODESPACES") == "true":
		return codespace
	case s.env("GITPOD_WORKSPACE_ID") != "":
		return gitpod
	case s.env("WSL_DISTRO_NAME") != "", bytes.Contains(bytes.ToLower(version), []byte("microsoft")):
		return wsl
	case exists(files, ".dockerenv"), exists(files, "run/.containerenv"):
		return container
	default:
		return ""
	}
}

// program finds a command on the PATH, and where system commands lie that
// are not on the PATH of a Debian user. It gives the absolute path, or nothing.
func program(s system, files fs.FS, name string) string {
	directories := append(strings.Split(s.env("PATH"), ":"),
		"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/sbin", "/snap/bin", "/opt/homebrew/bin")
	for _, dir := range directories {
		if !path.IsAbs(dir) {
			continue // an empty or relative entry would run what lies in the project
		}
		file := path.Join(dir, name)
		if info, err := fs.Stat(files, relative(file)); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
			return file
		}
	}
	return ""
}

// userUnit gives the name of a service that the user's own systemd knows. A
// rootless Docker counts only when it was set up, which puts the unit into the
// home directory: some packages bring the unit for everybody.
func userUnit(s system, files fs.FS, unit string) string {
	places := []string{"usr/lib/systemd/user", "etc/systemd/user"}
	if unit == "docker.service" {
		places = nil
	}
	if s.home != "" {
		places = append(places, path.Join(relative(s.home), ".config/systemd/user"))
	}
	for _, dir := range places {
		if exists(files, path.Join(dir, unit)) {
			return unit
		}
	}
	return ""
}

// distribution reads ID and ID_LIKE of an os-release file, the more specific first.
func distribution(osRelease []byte) []string {
	values := map[string]string{}
	for line := range strings.Lines(string(osRelease)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[name] = strings.Trim(value, `"'`)
		}
	}
	return strings.Fields(values["ID"] + " " + values["ID_LIKE"])
}

// inGroup reports whether a group file names the user as a member of the group.
func inGroup(groups []byte, group, user string) bool {
	lines := bufio.NewScanner(bytes.NewReader(groups))
	for lines.Scan() {
		fields := strings.Split(lines.Text(), ":")
		if len(fields) == 4 && fields[0] == group && user != "" {
			return slices.Contains(strings.Split(fields[3], ","), user)
		}
	}
	return false
}

func existing(files fs.FS, names ...string) string {
	for _, name := range names {
		if exists(files, name) {
			return name
		}
	}
	return ""
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

// relative turns an absolute path into a name for an fs.FS that is rooted at "/".
func relative(file string) string { return strings.TrimPrefix(path.Clean("/"+file), "/") }
