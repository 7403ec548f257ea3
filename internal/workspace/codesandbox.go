package workspace

import (
	"cmp"
	"strings"
)

// codesandbox is a CodeSandbox devbox: its host name is its ID.
func codesandbox() provider {
	return provider{
		Place:    Place{Provider: "codesandbox", Title: "CodeSandbox", Remote: true},
		here:     func(p probe) bool { return p.env("CSB") == "true" },
		template: codesandboxTemplate,
		control:  byHand("make the devbox public (Share): port %d is as private as the devbox"),
	}
}

func codesandboxTemplate(p probe) (template, unknown string) {
	id := cmp.Or(p.env("HOSTNAME"), strings.TrimSpace(p.file("etc/hostname")))
	if id == "" {
		return "", "the host name is not known"
	}
	return "https://" + id + "-" + portMark + "." + cmp.Or(p.env("CSB_BASE_PREVIEW_HOST"), "csb.app"), ""
}
