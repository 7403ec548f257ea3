package egress

import (
	"io/fs"
	"strings"
)

// Where the files lie inside a build step and inside a container.
const (
	caPath  = "/run/secrets/devup-ca.pem"
	pipPath = "/run/secrets/devup-pip.conf"
	npmPath = "/run/secrets/devup-npmrc"
	aptPath = "/run/secrets/devup-apt.conf"
)

// File is a file that a build step or a container gets to read.
type File struct {
	Name    string      // its name, unique among the files: an ID for a secret, a file name for a mount
	Target  string      // its absolute path inside
	Content []byte      // may hold credentials
	Mode    fs.FileMode // for everyone to read: users inside are not those outside
}

// Grant is what one build or one container gets.
type Grant struct {
	Env   map[string]string // names the files; holds no credential
	Proxy map[string]string // the proxies in upper and in lower case; may hold credentials
	Files []File
}

// Build is what every RUN of an image's build gets. The caller hands the files
// in as secrets, Env as ARG and Proxy as BuildKit's predefined build arguments,
// which are neither in the image's history nor in the cache key.
func (s Settings) Build() Grant {
	g := s.grant()
	if len(s.CA) > 0 && !s.CAPart {
		// apt reads the system's bundle, which slim images lack, and this file before its own.
		g.add("devup-apt.conf", aptPath, []byte("Acquire::https::CaInfo \""+caPath+"\";\n"), "APT_CONFIG")
	}
	return g
}

// Container is what a development container gets. A variable that has reports
// as set, because the service sets it, is left out, and a file that then no
// variable names too. peers are host names that must not go through a proxy:
// the project's services.
//
// The caller writes the files to a folder that only the person can open, with
// their Mode, and mounts each read-only at its Target.
func (s Settings) Container(has func(name string) bool, peers []string) Grant {
	all := s.grant()
	g := Grant{}
	named := map[string]bool{}
	for name, value := range all.Env {
		if !has(name) {
			g.Env = put(g.Env, name, value)
			named[value] = true
		}
	}
	g.Proxy = spared(all.Proxy, has, peers)
	for _, file := range all.Files {
		if named[file.Target] {
			g.Files = append(g.Files, file)
		}
	}
	return g
}

// Image is what the container of an image from a registry gets: the proxies that
// Docker's own settings have for every container, as Docker and Compose hand them on.
// has and peers are as for [Settings.Container].
func (s Settings) Image(has func(name string) bool, peers []string) Grant {
	return Grant{Proxy: spared(bothCases(s.Docker), has, peers)}
}

// spared are the proxies that a service does not set itself, which peers are reached
// without.
func spared(proxies map[string]string, has func(name string) bool, peers []string) map[string]string {
	var rest map[string]string
	for name, value := range proxies {
		if strings.EqualFold(name, "NO_PROXY") {
			value = joinHosts(value, peers...)
		}
		if !has(name) {
			rest = put(rest, name, value)
		}
	}
	return rest
}

func bothCases(proxies map[string]string) map[string]string {
	var both map[string]string
	for name, value := range proxies {
		both = put(both, name, value)
		both[strings.ToLower(name)] = value
	}
	return both
}

func (s Settings) grant() Grant {
	var g Grant
	if len(s.CA) > 0 {
		g.add("devup-ca.pem", caPath, s.CA, "NODE_EXTRA_CA_CERTS")
		if !s.CAPart {
			for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO"} {
				g.Env[name] = caPath
			}
		}
	}
	if len(s.Pip) > 0 {
		g.add("devup-pip.conf", pipPath, s.Pip, "PIP_CONFIG_FILE")
	}
	if len(s.NPM) > 0 {
		g.add("devup-npmrc", npmPath, s.NPM, "NPM_CONFIG_USERCONFIG")
	}
	g.Proxy = bothCases(s.Proxy)
	return g
}

func (g *Grant) add(name, target string, content []byte, variable string) {
	g.Files = append(g.Files, File{Name: name, Target: target, Content: content, Mode: 0o444})
	g.Env = put(g.Env, variable, target)
}

func put(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}
