package workspace

import (
	"context"
	"strings"
)

// provider is one environment that devup knows.
type provider struct {
	Info // what holds in each such environment, by any name

	// here reports whether the signs name this environment. Signs that a laptop
	// can carry by accident must not be enough.
	here sign
	// template gives the URL of a port, or the reason why it is not known. It
	// is nil where there is no formula.
	template func(probe) (template, unknown string)
	named    func(probe) string        // gives Info.Name; nil for none
	ask      asker                     // asks the platform for the template; nil where it cannot be asked
	control  func(Info, Tools) Control // what can be done with ports; nil for nothing
}

// providers are in the order in which they are tried, the specific before the
// general; the last is always here. Ona sets some variables of Gitpod, Firebase
// Studio those of Cloud Workstations, Coder that of code-server, DevPod those of
// Dev Containers; an SSH session may lead into any of them.
var providers = []provider{
	{
		// CODESPACE_NAME alone is no proof: people set it on a laptop for the gh command.
		Info:     Info{Provider: "codespaces", Title: "GitHub Codespaces", Remote: true},
		here:     either(is("CODESPACES", "true"), func(p probe) bool { return p.codespacesVariables()["CODESPACE_NAME"] != "" }),
		template: codespacesTemplate, named: probe.codespace, control: codespacesControl,
	},
	{
		// Ona was Gitpod Flex. The host of its URLs has a part that no variable names (the
		// region), so the URL of a port is known once some port is open.
		Info: Info{
			Provider: "ona", Title: "Ona", Remote: true, Ports: []Range{{1024, 65535}},
			NoURL: "Ona gives URLs to ports from 1024 on, when they are opened",
		},
		here: set("GITPOD_ENVIRONMENT_ID"),
		ask:  func(ctx context.Context, t Tools) string { return onaTemplate(t.onaPorts(ctx)) }, control: onaControl,
	},
	{
		// Gitpod Classic. The workspace's ID alone is no proof: people copy it into .env
		// files. With a URL or a cluster to go with it, it is.
		Info:     Info{Provider: "gitpod", Title: "Gitpod", Remote: true},
		here:     both(set("GITPOD_WORKSPACE_ID"), knows(gitpodTemplate)),
		template: gitpodTemplate, ask: askBy("gp", "url"), control: gitpodControl,
	},
	{
		// Coder v2. It gives names to ports of four and five digits only
		// (coderd/workspaceapps/appurl), and its proxy answers preflights itself and takes
		// away the CORS headers of what it serves (coder/coder#15096).
		Info: Info{
			Provider: "coder", Title: "Coder", Remote: true, NoCrossPort: true, Ports: []Range{{1000, 65535}},
			NoURL: "Coder has no URL for ports below 1000; publish it on a higher one",
		},
		here:     is("CODER", "true"),
		template: proxied("VSCODE_PROXY_URI names no port, so the server has no wildcard address"),
		named:    func(p probe) string { return p.env("CODER_WORKSPACE_ID") }, control: coderControl,
	},
	{
		// Firebase Studio, which was IDX, runs on Cloud Workstations. Its signs are those
		// that firebase-tools checks for. It closes in March 2027.
		Info:     Info{Provider: "firebase-studio", Title: "Firebase Studio", Remote: true},
		here:     both(set("WEB_HOST"), either(set("MONOSPACE_ENV"), set("IDX_CHANNEL"), directory("google/idx"))),
		template: onWebHost, control: byHand("click the lock of port %d in the panel of backend ports"),
	},
	{
		Info: Info{
			Provider: "cloud-workstations", Title: "Cloud Workstations", Remote: true, Locked: true,
			Ports: []Range{{80, 80}, {1024, 65535}},
			NoURL: "Cloud Workstations has URLs for port 80 and from 1024 on",
		},
		here:     is("GOOGLE_CLOUD_WORKSTATIONS", "true"),
		template: onWebHost, control: locked("Cloud Workstations asks for a login with Google on every port", ""),
	},
	{
		// Its web preview is for its owner alone.
		Info:     Info{Provider: "cloud-shell", Title: "Cloud Shell", Remote: true, Locked: true},
		here:     either(is("CLOUD_SHELL", "true"), is("GOOGLE_CLOUD_SHELL", "true")),
		template: onWebHost, ask: askBy("cloudshell", "get-web-preview-url", "-p"),
		control: locked("Cloud Shell asks for its owner's login on every port", ""),
	},
	{
		Info:     Info{Provider: "gitlab", Title: "GitLab Workspaces", Remote: true, Locked: true},
		here:     knows(gitlabTemplate),
		template: gitlabTemplate,
		control: locked("GitLab asks for a login on every port (gitlab#471058)",
			"a port is reachable only if it was an endpoint in the devfile when the workspace was created"),
	},
	{
		// Also OpenShift Dev Spaces. No variable holds the names of the endpoints.
		Info: Info{
			Provider: "che", Title: "Eclipse Che", Remote: true,
			NoURL: "Che has URLs for endpoints in the devfile, not for ports; the view Endpoints shows them",
		},
		here: set("DEVWORKSPACE_ID"), control: byHand("add an endpoint with targetPort: %d and exposure: public to the devfile"),
	},
	{
		Info:     Info{Provider: "codesandbox", Title: "CodeSandbox", Remote: true},
		here:     is("CSB", "true"),
		template: codesandboxTemplate, control: byHand("make the devbox public (Share): port %d is as private as the devbox"),
	},
	{
		Info: Info{
			Provider: "replit", Title: "Replit", Remote: true,
			NoURL: "Replit gives URLs as [[ports]] in .replit says; the port with externalPort = 80 is at the address in REPLIT_DEV_DOMAIN",
		},
		here: set("REPL_ID"), control: byHand("add [[ports]] with localPort = %d to .replit"),
	},
	{
		Info: Info{
			Provider: "daytona", Title: "Daytona", Remote: true, Ports: []Range{{3000, 9999}},
			NoURL: "Daytona has URLs for the ports 3000 to 9999",
		},
		here:     either(set("DAYTONA_SANDBOX_ID"), set("DAYTONA_WS_ID")),
		template: daytonaTemplate, control: byHand("make the sandbox public in Daytona (public: true), or make a signed preview URL of port %d"),
	},
	{
		// OKTETO_NAMESPACE alone is no proof: people set it on a laptop for the okteto command.
		Info: Info{
			Provider: "okteto", Title: "Okteto", Remote: true,
			NoURL: "Okteto has URLs for its own services, not for ports; `okteto endpoints` lists them",
		},
		here: set("OKTETO_NAMESPACE", "OKTETO_DOMAIN"), control: byHand("publish port %d in the okteto manifest: Okteto makes an endpoint of it"),
	},
	{Info: Info{Provider: "github-actions", Title: "GitHub Actions"}, here: is("GITHUB_ACTIONS", "true")},
	{Info: Info{Provider: "ci", Title: "CI"}, here: is("CI", "true", "1")},
	{Info: Info{Provider: "devpod", Title: "DevPod"}, here: is("DEVPOD", "true")}, // it forwards ports to the user's machine
	{
		// Also others that set VSCODE_PROXY_URI in their terminals. Its proxy runs next to the
		// containers and reaches them through loopback, so a server on the internet publishes
		// no port to all of it.
		Info:     Info{Provider: "code-server", Title: "code-server", Remote: true, Nearby: true, Locked: true},
		here:     func(p probe) bool { return p.proxyTemplate() != "" },
		template: proxied("VSCODE_PROXY_URI is not set"),
		control: locked("code-server has one login for all ports",
			"check that VSCODE_PROXY_URI names this code-server, whose proxy reaches what listens on 127.0.0.1 here"),
	},
	// A container that VS Code made from devcontainer.json, on a laptop or behind an SSH
	// session. VS Code forwards its ports.
	{Info: Info{Provider: "devcontainer", Title: "VS Code Dev Containers"}, here: is("REMOTE_CONTAINERS", "true")},
	// Linux inside Windows, which forwards localhost to it.
	{
		Info: Info{Provider: "wsl", Title: "WSL"},
		here: either(set("WSL_DISTRO_NAME"), set("WSL_INTEROP"), func(p probe) bool {
			return strings.Contains(strings.ToLower(p.file("proc/version")), "microsoft")
		}),
	},
	// Its loopback is reached by a tunnel.
	{Info: Info{Provider: "ssh", Title: "this machine, through SSH"}, here: func(p probe) bool { return sshTarget(p) != "" }, named: sshTarget},
	{Info: Info{Provider: "local", Title: "this machine"}, here: always},
}
