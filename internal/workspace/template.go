package workspace

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
)

// withTemplate replaces the provider's template by the user's: it
// holds for every port. Where nothing else says which workspace this is, a template
// that leads away from this machine makes it a remote one: the ports have a proxy
// in front of them.
func withTemplate(ws Info, o Override) (Info, error) {
	u, err := parseTemplate(o.Template)
	if err != nil {
		return Info{}, err
	}
	ws.Template, ws.Ports, ws.NoURL, ws.given = o.Template, nil, "", true
	if u.Path == "/" {
		ws.Template = strings.TrimSuffix(o.Template, "/") // an origin has no slash at its end
	}
	if o.Provider == "" && !ws.Remote && !loopback(u.Hostname()) {
		ws.Provider, ws.Title, ws.Remote = "custom", "this workspace", true
	}
	return ws, nil
}

// parseTemplate checks the template and gives the URL that it makes of a port.
func parseTemplate(template string) (*url.URL, error) {
	wrong := func(what string) error {
		return fail.New(fail.Usage, "for example https://{port}-name.example.com",
			"the public URL template %q %s", template, what)
	}
	if !strings.Contains(template, portMark) {
		return nil, wrong("has no " + portMark)
	}
	u, err := url.Parse(strings.ReplaceAll(template, portMark, "3000"))
	switch {
	case err != nil:
		return nil, wrong("is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, wrong("does not start with https:// or http://")
	case u.Hostname() == "":
		return nil, wrong("names no host")
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return nil, wrong("may hold a host and a path only")
	}
	return u, nil
}

func loopback(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "127.") || host == "::1"
}

// proxyTemplate is the template in VSCODE_PROXY_URI, in which {{port}} is replaced by
// the port; empty where that is not set, names no port (old Coder servers give
// their own address there) or is no whole URL.
func (p probe) proxyTemplate() string {
	template := strings.ReplaceAll(p.env("VSCODE_PROXY_URI"), "{{port}}", portMark)
	if _, err := parseTemplate(template); err != nil {
		return ""
	}
	return template
}

// onWebHost is the template of the places of Google, which put the port in front
// of the host in WEB_HOST.
func onWebHost(p probe) (template, unknown string) {
	if host := p.env("WEB_HOST"); host != "" {
		return "https://" + portMark + "-" + host, ""
	}
	return "", "WEB_HOST is not set"
}

// proxied is the template in VSCODE_PROXY_URI, or the given reason why there is none.
func proxied(unknown string) func(probe) (string, string) {
	return func(p probe) (string, string) {
		if template := p.proxyTemplate(); template != "" {
			return template, ""
		}
		return "", unknown
	}
}

func codesandboxTemplate(p probe) (template, unknown string) {
	id := cmp.Or(p.env("HOSTNAME"), strings.TrimSpace(p.file("etc/hostname")))
	if id == "" {
		return "", "the host name is not known"
	}
	return "https://" + id + "-" + portMark + "." + cmp.Or(p.env("CSB_BASE_PREVIEW_HOST"), "csb.app"), ""
}

// gitlabTemplate reads GL_WORKSPACE_DOMAIN_TEMPLATE, which is "${PORT}-name.zone", with
// these very characters in it.
func gitlabTemplate(p probe) (template, unknown string) {
	host := strings.ReplaceAll(p.env("GL_WORKSPACE_DOMAIN_TEMPLATE"), "${PORT}", portMark)
	if _, err := parseTemplate("https://" + host); err != nil {
		return "", "GL_WORKSPACE_DOMAIN_TEMPLATE names no port"
	}
	return "https://" + host, ""
}

// daytonaTemplate is the URL of a sandbox. Sandboxes of the older product, which have
// DAYTONA_WS_ID alone, had other URLs.
func daytonaTemplate(p probe) (template, unknown string) {
	if id := p.env("DAYTONA_SANDBOX_ID"); id != "" {
		return "https://" + portMark + "-" + id + ".proxy.daytona.works", ""
	}
	return "", "DAYTONA_SANDBOX_ID is not set"
}

// InPath reports whether the URLs have their port in the path. A page then has to
// know the path that it is under, and the origin is the same for all ports.
func (p Info) InPath() bool {
	_, rest, _ := strings.Cut(p.Template, "://")
	_, path, _ := strings.Cut(rest, "/")
	return strings.Contains(path, portMark)
}
