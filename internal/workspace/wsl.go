package workspace

import "strings"

// wsl is Linux inside Windows, which forwards localhost to it.
func wsl() provider {
	return provider{
		Place: Place{Provider: "wsl", Title: "WSL"},
		here: func(p probe) bool {
			return p.env("WSL_DISTRO_NAME") != "" || p.env("WSL_INTEROP") != "" ||
				strings.Contains(strings.ToLower(p.file("proc/version")), "microsoft")
		},
	}
}
