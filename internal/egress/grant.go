package egress

import (
	"io/fs"
	"maps"
	"slices"
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
	Mode    fs.FileMode // for all users to read, as users inside are not those outside; 0600 with a credential

	client   string // with a credential: install steps of this client get it
	variable string // instead of Target: the environment variable that has the content
}

// Variable is the environment variable that has the content; empty for a file at Target.
func (f File) Variable() string { return f.variable }

// Grant is what one build or one container gets.
type Grant struct {
	Env   map[string]string // names the files; holds no credential
	Proxy map[string]string // the proxies in upper and in lower case; of a build they hold no credential
	Files []File            // for every step

	install []File // hold credentials, for steps that install packages
}

// Step are the files of one step of a build, which installs packages for these clients: see
// [Installs]. A file with credentials replaces the one without.
func (g Grant) Step(clients []string) []File {
	var secret []File
	for _, file := range g.install {
		if file.client == AnyClient && len(clients) > 0 || slices.Contains(clients, file.client) {
			secret = append(secret, file)
		}
	}
	files := slices.DeleteFunc(slices.Clone(g.Files), func(f File) bool {
		return slices.ContainsFunc(secret, func(s File) bool { return s.Target == f.Target })
	})
	return append(files, secret...)
}

// All are the files of all steps.
func (g Grant) All() []File { return slices.Concat(g.Files, g.install) }

// WithoutVariables is the grant without the credentials that reach a step as environment
// variables, which older builders cannot do.
func (g Grant) WithoutVariables() Grant {
	g.install = slices.DeleteFunc(slices.Clone(g.install), func(f File) bool { return f.variable != "" })
	return g
}

// Build is what the steps of an image's build get. The caller hands the files in as secrets,
// those of [Grant.Step] to each RUN, Env as ARG and Proxy as BuildKit's predefined build
// arguments, which are neither in the image's history nor in the cache key.
func (s Settings) Build() Grant {
	g := s.authorities(nil)
	if len(s.CA) > 0 && !s.CAPart {
		// apt reads the system's bundle, which slim images lack, and this file before its own.
		g.add("devup-apt.conf", aptPath, []byte("Acquire::https::CaInfo \""+caPath+"\";\n"), "APT_CONFIG")
	}
	for _, c := range s.Clients {
		public, _ := textOf(c.Parts, func(int) bool { return false })
		if len(public) > 0 {
			g.addClient(c, public)
		}
		if text, secret := textOf(c.Parts, s.builds); secret {
			if c.Variable != "" {
				g.Env = put(g.Env, c.Variable, c.named())
			}
			g.install = append(g.install, File{Name: s.secretName(c.File), Target: c.Target, Content: text, Mode: 0o600, client: c.Name})
		}
	}
	for _, v := range variablesOf(s) {
		text, secret := textOf(v.Parts, s.builds)
		if secret {
			g.install = append(g.install, File{Name: s.secretName("devup-" + strings.ReplaceAll(v.Name, "_", "-")), Content: text, client: v.Client, variable: v.Name})
			continue
		}
		if len(text) > 0 {
			g.Env = put(g.Env, v.Name, string(text))
		}
	}
	g.Proxy = bothCases(s.proxies(s.Proxy, nil))
	full := bothCases(s.proxies(s.Proxy, s.builds))
	for _, name := range slices.Sorted(maps.Keys(full)) {
		if full[name] != g.Proxy[name] {
			id := s.secretName("devup-" + strings.ReplaceAll(name, "_", "-"))
			g.install = append(g.install, File{Name: id, Content: []byte(full[name]), client: AnyClient, variable: name})
		}
	}
	return g
}

// variablesOf are those of the clients that may run here: Gradle does where Java does.
func variablesOf(s Settings) []Variable {
	return slices.DeleteFunc(slices.Clone(s.Variables), func(v Variable) bool { return s.plain && v.Client == "gradle" })
}

// BuildProxy are the proxies for a builder that hands the same to all steps: with a
// credential where builds may use it.
func (s Settings) BuildProxy() map[string]string { return bothCases(s.proxies(s.Proxy, s.builds)) }

// secretName is a name that a Dockerfile cannot know.
func (s Settings) secretName(name string) string {
	if s.nonce == "" {
		return name + "-credentials"
	}
	return name + "-" + s.nonce
}

// Container is what a development container gets. A variable that has reports
// as set, because the service sets it, is left out, and a file that then no
// variable names too. peers are host names that must not go through a proxy:
// the project's services. Only with credentials, which the service has to ask for, it gets
// those that are allowed for containers.
//
// The caller writes the files to a directory that only the user can open, with
// their Mode, and mounts each read-only at its Target.
func (s Settings) Container(has func(name string) bool, peers []string, credentials bool) Grant {
	all := s.authorities(peers)
	with := s.containers
	if !credentials {
		with = func(int) bool { return false }
	}
	for _, c := range s.Clients {
		if text, secret := textOf(c.Parts, with); len(text) > 0 {
			all.addClient(c, text)
			if secret {
				all.Files[len(all.Files)-1].Mode = 0o600
			}
		}
	}
	for _, v := range variablesOf(s) {
		if text, _ := textOf(v.Parts, with); len(text) > 0 {
			all.Env = put(all.Env, v.Name, string(text))
		}
	}
	g := Grant{}
	var named []string
	for name, value := range all.Env {
		if !has(name) {
			g.Env = put(g.Env, name, value)
			named = append(named, value)
		}
	}
	g.Proxy = spared(bothCases(s.proxies(s.Proxy, with)), has, peers)
	for _, file := range all.Files {
		if file.Target == cargoPath || slices.ContainsFunc(named, func(value string) bool { return strings.Contains(value, file.Target) }) {
			g.Files = append(g.Files, file)
		}
	}
	return g
}

// Image is what the container of an image from a registry gets: the proxies that
// Docker's own settings have for every container, as Docker and Compose hand them on, but
// without credentials unless the service asks for them. The arguments are as for
// [Settings.Container].
func (s Settings) Image(has func(name string) bool, peers []string, credentials bool) Grant {
	with := s.containers
	if !credentials {
		with = nil
	}
	return Grant{Proxy: spared(bothCases(s.proxies(s.Docker, with)), has, peers)}
}

// proxies are proxies with the credentials that has gives; nil gives none.
func (s Settings) proxies(proxies map[string]string, has func(credential int) bool) map[string]string {
	var all map[string]string
	for name, value := range proxies {
		public, secret := value, false
		if name != "NO_PROXY" {
			public, secret = withoutUser(value)
		}
		at := 1 + slices.IndexFunc(s.Credentials, func(c Credential) bool { return c.Client == AnyClient && c.Registry == location(public) })
		if secret && (has == nil || at == 0 || !has(at)) {
			value = public
		}
		all = put(all, name, value)
	}
	return all
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

// authorities is the CA bundle, and for Java the proxies too, which it knows no variables for.
func (s Settings) authorities(peers []string) Grant {
	var g Grant
	if len(s.CA) > 0 {
		g.add("devup-ca.pem", caPath, s.CA, "NODE_EXTRA_CA_CERTS")
		if !s.CAPart {
			for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO"} {
				g.Env[name] = caPath
			}
			if !s.plain {
				g.add("devup-ca.jks", trustStorePath, trustStore(s.CA), javaVariable)
			}
		}
	}
	if s.plain {
		return g
	}
	if options := s.javaOptions(peers); options != "" {
		g.Env = put(g.Env, javaVariable, options)
	}
	return g
}

// addClient adds the settings file of a client.
func (g *Grant) addClient(c Client, content []byte) {
	g.Files = append(g.Files, File{Name: c.File, Target: c.Target, Content: content, Mode: 0o444})
	if c.Variable != "" {
		g.Env = put(g.Env, c.Variable, c.named())
	}
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
