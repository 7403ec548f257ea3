package workspace

import "strings"

// gitlab is GitLab Workspaces. GL_WORKSPACE_DOMAIN_TEMPLATE is "${PORT}-name.zone",
// with these very characters in it.
func gitlab() provider {
	return provider{
		Place: Place{Provider: "gitlab", Title: "GitLab Workspaces", Remote: true, Locked: true},
		here: func(p probe) bool {
			template, _ := gitlabTemplate(p)
			return template != ""
		},
		template: gitlabTemplate,
		control: func(Place, Tools) Control {
			return Control{
				ByHand:      func(int) string { return "GitLab asks for a login on every port (gitlab#471058)" },
				Unreachable: "a port is reached only when it was an endpoint in the devfile as the workspace was made",
			}
		},
	}
}

func gitlabTemplate(p probe) (template, unknown string) {
	host := strings.ReplaceAll(p.env("GL_WORKSPACE_DOMAIN_TEMPLATE"), "${PORT}", portMark)
	if _, err := parseTemplate("https://" + host); err != nil {
		return "", "GL_WORKSPACE_DOMAIN_TEMPLATE names no port"
	}
	return "https://" + host, ""
}
