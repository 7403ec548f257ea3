package egress

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/dockerconfig"
)

// proxyVariables are the proxies that tools know, in upper case; all of them
// are read and handed on in lower case too.
var proxyVariables = []string{"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"}

// proxy takes what Docker's own settings say for containers, and what the
// environment says for the rest.
func (m machine) proxy(s *Settings) {
	proxies := map[string]string{}
	docker := m.dockerProxies(s)
	for _, name := range proxyVariables {
		if value := docker[name]; value != "" {
			proxies[name] = value
			s.Docker = put(s.Docker, name, value)
			s.proxyCredential(name, value, "Docker's config.json")
			if name != "NO_PROXY" && isLoopback(value) {
				s.note(fmt.Sprintf("the %s of Docker's config.json is on this machine's loopback address, which a container cannot reach", name))
			}
		}
	}
	for _, name := range proxyVariables {
		value := m.env(name, strings.ToLower(name))
		switch {
		case value == "" || proxies[name] != "":
		case name != "NO_PROXY" && isLoopback(value):
			s.note(onLoopback(name))
		default:
			proxies[name] = value
			s.proxyCredential(name, value, name)
		}
	}
	s.Proxy, s.Docker = withoutLocal(proxies), withoutLocal(s.Docker)
}

// proxyCredential notes the password of a proxy.
func (s *Settings) proxyCredential(name, value, source string) {
	public, secret := withoutUser(value)
	if secret && name != "NO_PROXY" {
		s.found(Credential{Client: AnyClient, Kind: "password", Registry: location(public), Sources: []string{source}, Configured: true})
	}
}

// withoutLocal adds the machine itself to what is reached without a proxy; nil where
// there is no proxy.
func withoutLocal(proxies map[string]string) map[string]string {
	if len(proxies) == 0 || len(proxies) == 1 && proxies["NO_PROXY"] != "" {
		return nil
	}
	proxies["NO_PROXY"] = joinHosts(proxies["NO_PROXY"], "localhost", "127.0.0.1", "::1")
	return proxies
}

// dockerProxies are the proxies of ~/.docker/config.json: those of the engine
// that DOCKER_HOST names, else those named default.
func (m machine) dockerProxies(s *Settings) map[string]string {
	dir := dockerconfig.Dir(m.env("DOCKER_CONFIG"), m.home)
	data, err := m.readFile(filepath.Join(dir, dockerconfig.Name))
	if dir == "" || err != nil {
		return nil
	}
	config, err := dockerconfig.Parse(data)
	if err != nil {
		s.note("Docker's config.json is not valid JSON: its proxies are left out")
		return nil
	}
	p, ok := config.Proxies[m.env("DOCKER_HOST")]
	if !ok {
		p = config.Proxies["default"]
	}
	return map[string]string{"HTTP_PROXY": p.HTTPProxy, "HTTPS_PROXY": p.HTTPSProxy, "FTP_PROXY": p.FTPProxy, "ALL_PROXY": p.AllProxy, "NO_PROXY": p.NoProxy}
}

// isLoopback reports whether the URL, or bare host:port, is on a loopback address.
func isLoopback(raw string) bool {
	host := hostOf(raw)
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// hostOf is the host of the URL, or bare host:port, in lower case; "" for none.
func hostOf(raw string) string {
	if !strings.Contains(raw, "//") {
		raw = "//" + raw
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// joinHosts is the comma-separated list with those of more that it lacks.
func joinHosts(list string, more ...string) string {
	var hosts []string
	seen := map[string]bool{}
	for _, host := range append(strings.Split(list, ","), more...) {
		if host = strings.TrimSpace(host); host != "" && !seen[host] {
			seen[host] = true
			hosts = append(hosts, host)
		}
	}
	return strings.Join(hosts, ",")
}
