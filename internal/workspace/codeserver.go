package workspace

import "strings"

// codeServer is code-server, and others that set VSCODE_PROXY_URI in their
// terminals. Its proxy runs beside the containers and reaches them through
// loopback, so a server on the internet publishes no port to all of it.
func codeServer() provider {
	return provider{
		Place: Place{Provider: "code-server", Title: "code-server", Remote: true, Nearby: true, Locked: true},
		here:  func(p probe) bool { return p.proxyTemplate() != "" },
		template: func(p probe) (template, unknown string) {
			if template := p.proxyTemplate(); template != "" {
				return template, ""
			}
			return "", "VSCODE_PROXY_URI is not set"
		},
		control: locked("code-server has one login for all ports", "see whether VSCODE_PROXY_URI leads to this code-server, whose proxy reaches what listens on 127.0.0.1 here"),
	}
}

// InPath tells whether the URLs have their port in the path. A page then has to
// know the path that it is under, and the origin is the same for all ports.
func (p Place) InPath() bool {
	_, rest, _ := strings.Cut(p.Template, "://")
	_, path, _ := strings.Cut(rest, "/")
	return strings.Contains(path, portMark)
}
