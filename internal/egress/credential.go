package egress

import (
	"cmp"
	"io/fs"
	"net/url"
	"slices"
	"strings"
)

// Credential is a token or password of this machine: what it opens and where it is kept. It
// holds no value and may be shown.
type Credential struct {
	Client     string   // whose install steps use it: "npm", "pip"; [AnyClient] for a proxy
	Kind       string   // "token" or "password"
	Registry   string   // host, port and path of the registry; host and port of a proxy
	Sources    []string // the files and variables that hold it, as users name them: "~/.npmrc"
	Configured bool     // the user's configuration uses the registry: as the default, for a scope, as an index or proxy
}

// AnyClient is the client of a credential that every install step uses.
const AnyClient = "proxy"

// ID identifies the credential. It holds no value.
func (c Credential) ID() string {
	return c.Client + " " + c.Registry + " " + strings.Join(c.Sources, ", ")
}

// Description says what holds the credential: "~/.npmrc holds a token for npm.example.com".
func (c Credential) Description() string {
	sources, holds := c.Sources[0], " holds a "
	if n := len(c.Sources); n > 1 {
		sources, holds = strings.Join(c.Sources[:n-1], ", ")+" and "+c.Sources[n-1], " hold a "
	}
	if c.Client == AnyClient {
		return sources + holds + c.Kind + " for the proxy " + c.Registry
	}
	return sources + holds + c.Kind + " for " + c.Registry
}

// Public tells whether the credential is for a registry that everyone may read without one,
// so that it is there to publish.
func (c Credential) Public() bool {
	host, _, _ := strings.Cut(c.Registry, "/")
	return slices.Contains(publicHosts, host)
}

// Use is who may use a credential.
type Use struct {
	Builds     bool // install steps of builds
	Containers bool // services that ask for credentials under x-devup.egress
}

// Demand is what would use credentials in a project.
type Demand struct {
	Clients  []string // that install packages in its builds, as [Installs] gives them
	Services []string // that ask for credentials under x-devup.egress
	Dirs     []fs.FS  // its directories, whose files name registries; read only when a credential depends on it
}

// Wanted are the credentials that a project would use, and for what: those of registries
// that the user's configuration uses or that the project's own files name. A token of
// another registry, such as the one that publishes to the public registry, is in none.
func (s Settings) Wanted(d Demand) ([]Credential, []Use) {
	var wanted []Credential
	var uses []Use
	named := namedIn(d.Dirs)
	for _, c := range s.Credentials {
		use := Use{
			Builds:     len(d.Clients) > 0 && (c.Client == AnyClient || slices.Contains(d.Clients, c.Client)),
			Containers: len(d.Services) > 0,
		}
		if use != (Use{}) && (c.Configured || named(c.Registry)) {
			wanted, uses = append(wanted, c), append(uses, use)
		}
	}
	return wanted, uses
}

// Allow gives the settings with which the credentials of these IDs are handed out. Without
// it none is. nonce is part of the names under which builds get them: a Dockerfile that does
// not know it cannot mount them in another step. It should stay the same from build to
// build, for the sake of the cache.
func (s Settings) Allow(uses map[string]Use, nonce string) Settings {
	s.allowed, s.nonce = uses, nonce
	return s
}

// found notes a credential and gives its index in Credentials, from 1. One that is kept in
// several places is one.
func (s *Settings) found(c Credential) int {
	i := slices.IndexFunc(s.Credentials, func(o Credential) bool { return o.Client == c.Client && o.Registry == c.Registry })
	if i < 0 {
		s.Credentials = append(s.Credentials, c)
		return len(s.Credentials)
	}
	old := &s.Credentials[i]
	for _, source := range c.Sources {
		if !slices.Contains(old.Sources, source) {
			old.Sources = append(slices.Clone(old.Sources), source)
		}
	}
	old.Configured = old.Configured || c.Configured
	return i + 1
}

// builds reports whether install steps get the credential at an index in Credentials.
func (s Settings) builds(credential int) bool {
	return s.allowed[s.Credentials[credential-1].ID()].Builds
}

// containers reports whether services that ask for credentials get it.
func (s Settings) containers(credential int) bool {
	return s.allowed[s.Credentials[credential-1].ID()].Containers
}

// Client is what the settings files of a package client say, as one file for builds.
type Client struct {
	Name     string // of the client: see [Installs]
	File     string // the name of the file
	Target   string // where it lies inside a build step or a container
	Variable string // the environment variable that names Target to the client; empty where it finds the file by itself
	Value    string // what the variable holds, with Target in it; empty for Target alone
	Parts    []Part
}

// named is what the client's variable holds.
func (c Client) named() string { return cmp.Or(c.Value, c.Target) }

// Part is a piece of the text of a settings file or variable.
type Part struct {
	Text       string // without a credential
	Secret     string // instead of Text, with the credential
	Credential int    // its index in [Settings].Credentials, from 1; 0 where the part is the same for everyone
}

// textOf is the text of parts with the credentials that has gives, and whether there are some.
func textOf(parts []Part, has func(credential int) bool) (text []byte, secret bool) {
	for _, p := range parts {
		if p.Credential > 0 && has(p.Credential) {
			text, secret = append(text, p.Secret...), true
		} else {
			text = append(text, p.Text...)
		}
	}
	return text, secret
}

// Full is the settings file of a client with all credentials, for devup's own use.
func (s Settings) Full(client string) []byte {
	for _, c := range s.Clients {
		if c.Name == client {
			text, _ := textOf(c.Parts, func(int) bool { return true })
			return text
		}
	}
	return nil
}

// location is an address as it may be shown and compared: its host, port and path.
func location(address string) string {
	_, rest, ok := strings.Cut(address, "//")
	if !ok {
		rest = address
	}
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, "#")
	host, path, _ := strings.Cut(rest, "/")
	return strings.TrimRight(strings.ToLower(host)+"/"+path, "/")
}

// covers reports whether a credential for a registry is one for the address: npm searches for a
// token under the address and all paths above it.
func covers(registry, address string) bool {
	at := location(address)
	return at == registry || strings.HasPrefix(at, registry+"/")
}

// withoutUser takes the user and password out of a URL, or out of a bare host:port. secret
// reports whether there were some. A password with characters that belong into no URL is
// taken out too.
func withoutUser(address string) (public string, secret bool) {
	scheme, rest, ok := strings.Cut(address, "//")
	if ok {
		scheme += "//"
	} else {
		scheme, rest = "", address
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		return scheme + rest[at+1:], true
	}
	if _, err := url.Parse("//" + rest[:end]); err != nil {
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			return scheme + rest[at+1:], true
		}
	}
	return address, false
}
