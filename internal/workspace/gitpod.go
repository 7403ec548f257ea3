package workspace

import (
	"net/url"
	"strings"
)

// gitpod is Gitpod Classic. Ona, which was Gitpod Flex, sets some of the same
// variables but has other URLs, and is tried before.
//
// The workspace's ID alone is no proof: people copy it into .env files. With a
// URL or a cluster to go with it, it is.
func gitpod() provider {
	return provider{
		Place: Place{Provider: "gitpod", Title: "Gitpod", Remote: true},
		here: func(p probe) bool {
			template, _ := gitpodTemplate(p)
			return p.env("GITPOD_WORKSPACE_ID") != "" && template != ""
		},
		template: gitpodTemplate,
		ask:      askBy("gp", "url"),
		control:  gitpodControl,
	}
}

// gitpodTemplate puts the port in front of the workspace's own host, as `gp url`
// does. The other two variables give the same host.
func gitpodTemplate(p probe) (template, unknown string) {
	if u, err := url.Parse(p.env("GITPOD_WORKSPACE_URL")); err == nil && u.Host != "" && strings.HasPrefix(u.Scheme, "http") {
		return u.Scheme + "://" + portMark + "-" + u.Host, ""
	}
	id, cluster := p.env("GITPOD_WORKSPACE_ID"), p.env("GITPOD_WORKSPACE_CLUSTER_HOST")
	if id != "" && cluster != "" {
		return "https://" + portMark + "-" + id + "." + cluster, ""
	}
	return "", "GITPOD_WORKSPACE_URL is not set"
}
