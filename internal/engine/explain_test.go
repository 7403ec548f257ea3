package engine

import (
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/docker/cli/cli/config/configfile"
)

var (
	debian12 = &fstest.MapFile{Data: []byte("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n")}
	ubuntu   = &fstest.MapFile{Data: []byte("ID=ubuntu\nID_LIKE=debian\n")}
	fedora   = &fstest.MapFile{Data: []byte("ID=fedora\n")}
	centos   = &fstest.MapFile{Data: []byte("ID=\"centos\"\nID_LIKE=\"rhel fedora\"\n")}
	arch     = &fstest.MapFile{Data: []byte("ID=arch\n")}
	mystery  = &fstest.MapFile{Data: []byte("ID=mystery\n")}
	binary   = &fstest.MapFile{Mode: 0o755}
	notBin   = &fstest.MapFile{Mode: 0o644}
	text     = &fstest.MapFile{}
	dir      = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
)

// TestWhatToDo shows, for a machine on which no address answers, what devup runs
// or its message to the user.
func TestWhatToDo(t *testing.T) {
	t.Parallel()
	ada := system{goos: "linux", home: "/home/ada", uid: 1000, env: environment("PATH", "/usr/bin:/bin", "USER", "ada")}
	root := system{goos: "linux", home: "/root", uid: 0, env: environment("PATH", "/usr/bin")}
	mac := system{goos: "darwin", home: "/Users/ada", uid: 501, env: environment("PATH", "/opt/homebrew/bin")}
	windows := system{goos: "windows", home: `C:\Users\ada`, uid: -1, env: environment()}
	with := func(s system, pairs ...string) system {
		old := s.env
		extra := environment(pairs...)
		s.env = func(name string) string {
			if v := extra(name); v != "" {
				return v
			}
			return old(name)
		}
		return s
	}
	tests := []struct {
		name   string
		system system
		files  fstest.MapFS
		cause  map[kind]cause // of the places of that kind; missing for the others
		want   string         // "run …" or the error and its hint
	}{
		{
			name: "root with systemd", system: root,
			files: fstest.MapFS{"usr/sbin/dockerd": binary, "run/systemd/system": dir, "etc/init.d/docker": text},
			want:  "run [systemctl start docker]",
		},
		{
			name: "root without systemd", system: root,
			files: fstest.MapFS{"usr/sbin/dockerd": binary, "etc/init.d/docker": text}, cause: map[kind]cause{docker: refused},
			want: "run [service docker start]",
		},
		{
			name: "root with neither", system: root, files: fstest.MapFS{"usr/sbin/dockerd": binary},
			want: "no-engine: Docker is installed, but not running | start it: `dockerd >/var/log/dockerd.log 2>&1 &`",
		},
		{
			name: "a user with systemd", system: ada,
			files: fstest.MapFS{"usr/sbin/dockerd": binary, "run/systemd/system": dir},
			want:  "no-engine: Docker is installed, but not running | start it: `sudo systemctl start docker`",
		},
		{
			name: "a user without systemd", system: ada,
			files: fstest.MapFS{"usr/sbin/dockerd": binary, "etc/init.d/docker": text},
			want:  "no-engine: Docker is installed, but not running | start it: `sudo service docker start`",
		},
		{
			name: "a user with rootless Docker", system: ada,
			files: fstest.MapFS{"usr/bin/dockerd": binary, "run/systemd/system": dir, "home/ada/.config/systemd/user/docker.service": text},
			want:  "run [systemctl --user start docker.service]",
		},
		{
			name: "a user with Docker Desktop for Linux", system: ada,
			files: fstest.MapFS{"run/systemd/system": dir, "usr/lib/systemd/user/docker-desktop.service": text},
			want:  "run [systemctl --user start docker-desktop.service]",
		},
		{
			name: "Podman stands in only where there is nothing else", system: ada,
			files: fstest.MapFS{"usr/sbin/dockerd": binary, "usr/bin/podman": binary, "run/systemd/system": dir},
			want:  "no-engine: Docker is installed, but not running | start it: `sudo systemctl start docker`",
		},
		{
			name: "Podman alone", system: ada, files: fstest.MapFS{"usr/bin/podman": binary, "run/systemd/system": dir},
			want: "run [systemctl --user start podman.socket]",
		},
		{
			name: "Podman alone, as root", system: root, files: fstest.MapFS{"usr/bin/podman": binary, "run/systemd/system": dir},
			want: "run [systemctl start podman.socket]",
		},
		{
			name: "a file that cannot be run is no engine", system: root, files: fstest.MapFS{"usr/sbin/dockerd": notBin, "etc/os-release": debian12},
			want: "no-engine: no container engine is installed on this machine | install one: `apt-get update && apt-get install -y docker.io`",
		},
		{
			name: "a relative PATH is not followed", system: with(root, "PATH", ".:bin"), files: fstest.MapFS{"bin/podman": binary, "etc/os-release": arch},
			want: "no-engine: no container engine is installed on this machine | install one: `pacman -S --noconfirm docker && systemctl enable --now docker`",
		},
		{
			name: "denied", system: ada, files: fstest.MapFS{"usr/sbin/dockerd": binary, "run/systemd/system": dir}, cause: map[kind]cause{docker: denied},
			want: "engine-denied: you may not use the engine at unix:///var/run/docker.sock: permission denied | run `sudo usermod -aG docker $USER`, then log out and in again (or run `newgrp docker` in this terminal)",
		},
		{
			name: "denied, but in the group already", system: ada, cause: map[kind]cause{docker: denied},
			files: fstest.MapFS{"etc/group": &fstest.MapFile{Data: []byte("root:x:0:\ndocker:x:999:bob,ada\n")}},
			want:  "engine-denied: you may not use the engine at unix:///var/run/docker.sock: permission denied | you are in the group docker, but this session is older than that: log out and in again, or run `newgrp docker`",
		},
		{
			name: "denied, with a rootless Docker of one's own", system: ada, cause: map[kind]cause{docker: denied},
			files: fstest.MapFS{"run/systemd/system": dir, "home/ada/.config/systemd/user/docker.service": text},
			want:  "run [systemctl --user start docker.service]",
		},
		{
			name: "denied, with Podman", system: ada, cause: map[kind]cause{docker: denied},
			files: fstest.MapFS{"run/systemd/system": dir, "usr/bin/podman": binary},
			want:  "engine-denied: you may not use the engine at unix:///var/run/docker.sock: permission denied | run `sudo usermod -aG docker $USER`, then log out and in again (or run `newgrp docker` in this terminal)",
		},
		{
			name: "Debian", system: ada, files: fstest.MapFS{"etc/os-release": debian12},
			want: "no-engine: no container engine is installed on this machine | install one: `sudo apt-get update && sudo apt-get install -y docker.io && sudo usermod -aG docker $USER`",
		},
		{
			name: "Ubuntu in WSL", system: with(ada, "WSL_DISTRO_NAME", "Ubuntu"), files: fstest.MapFS{"etc/os-release": ubuntu},
			want: "no-engine: no container engine is installed on this machine | install one: `sudo apt-get update && sudo apt-get install -y docker.io && sudo usermod -aG docker $USER`, or switch on this distribution in Docker Desktop under Settings, Resources, WSL integration",
		},
		{
			name: "Fedora", system: ada, files: fstest.MapFS{"etc/os-release": fedora},
			want: "no-engine: no container engine is installed on this machine | install one: `sudo dnf install -y moby-engine && sudo systemctl enable --now docker && sudo usermod -aG docker $USER`",
		},
		{
			name: "CentOS", system: root, files: fstest.MapFS{"etc/os-release": centos},
			want: "no-engine: no container engine is installed on this machine | install one: `dnf install -y podman && systemctl enable --now podman.socket`",
		},
		{
			name: "CentOS, whose Podman is the user's own", system: ada, files: fstest.MapFS{"etc/os-release": centos},
			want: "no-engine: no container engine is installed on this machine | install one: `sudo dnf install -y podman && systemctl --user enable --now podman.socket`",
		},
		{
			name: "another distribution", system: ada, files: fstest.MapFS{"etc/os-release": mystery},
			want: "no-engine: no container engine is installed on this machine | install one: `curl -fsSL https://get.docker.com | sudo sh && sudo usermod -aG docker $USER`",
		},
		{
			name: "a container", system: root, files: fstest.MapFS{".dockerenv": text, "etc/os-release": debian12},
			want: "no-engine: no container engine is installed on this machine | start this container with `-v /var/run/docker.sock:/var/run/docker.sock`, or set DOCKER_HOST",
		},
		{
			name: "a codespace", system: with(ada, "CODESPACES", "true"), files: fstest.MapFS{".dockerenv": text},
			want: "no-engine: no container engine is installed on this machine | add the feature \"ghcr.io/devcontainers/features/docker-in-docker:2\" to .devcontainer/devcontainer.json and rebuild the container",
		},
		{
			name: "Gitpod", system: with(ada, "GITPOD_WORKSPACE_ID", "a-b"), files: fstest.MapFS{"usr/bin/dockerd": binary},
			want: "no-engine: Docker is installed, but not running | start it: `sudo docker-up`",
		},
		{
			name: "Gitpod with an image without Docker", system: with(ada, "GITPOD_WORKSPACE_ID", "a-b"),
			want: "no-engine: no container engine is installed on this machine | use an image with Docker in .gitpod.yml, for example `image: gitpod/workspace-full`",
		},
		{name: "a Mac with Docker Desktop", system: mac, files: fstest.MapFS{"Applications/Docker.app": dir}, want: "run [open -a Docker]"},
		{
			name: "a Mac with Docker Desktop of one's own", system: mac, files: fstest.MapFS{"Users/ada/Applications/Docker.app": dir},
			want: "run [open -a Docker]",
		},
		{name: "a Mac with Colima", system: mac, files: fstest.MapFS{"opt/homebrew/bin/colima": binary}, want: "run [/opt/homebrew/bin/colima start]"},
		{name: "a Mac with OrbStack", system: mac, files: fstest.MapFS{"usr/local/bin/orb": binary}, want: "run [/usr/local/bin/orb start]"},
		{name: "a Mac with Podman", system: mac, files: fstest.MapFS{"usr/local/bin/podman": binary}, want: "run [/usr/local/bin/podman machine start]"},
		{
			name: "a Mac with nothing", system: mac,
			want: "no-engine: no container engine is installed on this machine | install one: `brew install --cask docker && open -a Docker`, or `brew install colima docker && colima start`",
		},
		{
			name: "Windows with Docker Desktop", system: windows, files: fstest.MapFS{"Program Files/Docker/Docker/Docker Desktop.exe": text},
			want: "no-engine: Docker Desktop is installed, but not running | start Docker Desktop from the Start menu",
		},
		{
			name: "Windows with nothing", system: windows,
			want: "no-engine: no container engine is installed on this machine | install one: `winget install Docker.DockerDesktop`, then start Docker Desktop from the Start menu",
		},
		{
			name: "an engine that hangs is not replaced by another", system: root, cause: map[kind]cause{docker: silent},
			files: fstest.MapFS{"usr/sbin/dockerd": binary, "usr/bin/podman": binary, "run/systemd/system": dir},
			want:  "no-engine: the engine at unix:///var/run/docker.sock does not answer within more | wait and try again, or restart the engine",
		},
		{
			name: "too old", system: root, cause: map[kind]cause{docker: tooOld},
			want: "engine-too-old: the engine at unix:///var/run/docker.sock speaks API more at most; devup needs 1.40 or newer | update the engine to Docker 20.10 or newer",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var problems []problem
			all, err := targets(tt.system, candidates(tt.system), Options{}, configfile.ConfigFile{})
			if err != nil {
				t.Fatal(err)
			}
			for _, place := range all {
				problems = append(problems, problem{target: place, cause: tt.cause[place.kind], text: "more"})
			}
			files := tt.files
			if files == nil {
				files = fstest.MapFS{}
			}
			if got := whatToDo(detect(tt.system, files), problems); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func whatToDo(m machine, problems []problem) string {
	if s, ok := startOf(m, kindsOf(problems)); ok && s.command != nil && worthStarting(problems) {
		return fmt.Sprint("run ", s.command)
	}
	e := explain(m, problems)
	return fmt.Sprintf("%s: %s | %s", e.Code, e.Message, e.Hint)
}

func TestExplainNamesWhatWasChosen(t *testing.T) {
	t.Parallel()
	s := system{goos: "linux", uid: 1000, home: "/home/ada", env: environment("DOCKER_HOST", "unix:///x/docker.sock")}
	tests := []struct {
		cause cause
		text  string
		want  string
	}{
		{missing, "", "no-engine: no engine at unix:///x/docker.sock (DOCKER_HOST): the socket does not exist | start that engine, or unset DOCKER_HOST to use the engine of this machine"},
		{refused, "", "no-engine: no engine at unix:///x/docker.sock (DOCKER_HOST): nothing listens there | start that engine, or unset DOCKER_HOST to use the engine of this machine"},
		{denied, "", "engine-denied: you may not use the engine at unix:///x/docker.sock (DOCKER_HOST): permission denied | run `sudo usermod -aG docker $USER`, then log out and in again (or run `newgrp docker` in this terminal), or unset DOCKER_HOST to use the engine of this machine"},
		{silent, "10s", "no-engine: the engine at unix:///x/docker.sock (DOCKER_HOST) does not answer within 10s | wait and try again, or restart the engine, or unset DOCKER_HOST to use the engine of this machine"},
		{foreign, "no", "no-engine: what answers at unix:///x/docker.sock (DOCKER_HOST) is not a container engine: no | unset DOCKER_HOST to use the engine of this machine"},
		{unreachable, "x509", "no-engine: no engine at unix:///x/docker.sock (DOCKER_HOST): x509 | start that engine, or unset DOCKER_HOST to use the engine of this machine"},
		{tooNew, "1.41", "engine-too-old: DOCKER_API_VERSION asks for more than the engine at unix:///x/docker.sock (DOCKER_HOST) speaks, which is 1.41 | unset DOCKER_API_VERSION"},
	}
	files := fstest.MapFS{"usr/sbin/dockerd": binary} // the installed engine is not the chosen one
	for _, tt := range tests {
		places, err := targets(s, candidates(s), Options{}, configfile.ConfigFile{})
		if err != nil {
			t.Fatal(err)
		}
		got := whatToDo(detect(s, files), []problem{{target: places[0], cause: tt.cause, text: tt.text}})
		if got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
