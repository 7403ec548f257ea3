// Package egress gathers what this machine needs to reach the outside, so that
// builds and development containers can reach it too: the CA bundle of a
// company that intercepts TLS, proxies, and the package indexes of pip, uv, npm, Maven, Gradle,
// Cargo and Go.
// What may be handed to every build and container, and what holds a credential, are kept
// apart. Credentials go nowhere but to where [Settings.Allow] sends them: as secret mounts to
// the steps of a build that install packages, and to containers that ask for them. None is
// in output, plans, image layers or history.
//
// Order of use: [Read] once; [Settings.Wanted] says which credentials a project would use,
// and [Settings.Allow] which of them it gets; then [Settings.Build] for each image and
// [Settings.Container] for each development container.
//
// A further package client is one function next to those for npm, pip, Maven and Cargo: it
// adds a [Client] and its [Credential] values to the settings. Go, uv and Gradle take variables alone.
//
// How far it reaches. Files and variables are read, and the directories in which
// Linux distributions keep added authorities. The keychain of macOS and the
// certificate store of Windows are not: there the company's authority has to be
// named by a variable such as NODE_EXTRA_CA_CERTS (or by DEVUP_CA). git's,
// uv's and yarn 2's own settings files are not read either.
package egress

import (
	"cmp"
	"os"
	"path/filepath"
)

// Settings is what the machine needs to reach the outside. The zero value is a
// machine on the open internet.
type Settings struct {
	CA        []byte            // PEM bundle of all authorities to trust; nil when the usual public ones do
	CAPart    bool              // CA lacks the public authorities: only what adds to the built-in ones may use it
	CASource  string            // where CA comes from, for display ("SSL_CERT_FILE", "/usr/local/share/ca-certificates")
	Proxy     map[string]string // HTTP_PROXY, HTTPS_PROXY, FTP_PROXY, NO_PROXY, ALL_PROXY; nil for none; may hold credentials
	Docker    map[string]string // those of Proxy that Docker's config.json sets, for every container; nil for none
	Clients   []Client          // the settings of package clients: pip.conf, .npmrc; may hold credentials
	Variables []Variable        // settings that clients take from variables alone; may hold credentials
	Notes     []string          // what the user should know: what was left out and why; no values

	Credentials []Credential // what of all this is a credential, without its value

	allowed map[string]Use // by [Credential.ID]
	nonce   string
	java    map[string]string // proxies for Java alone, where Proxy has none; nil for none
	plain   bool              // without what only Java reads
}

// Empty reports whether there is nothing to hand on.
func (s Settings) Empty() bool {
	return len(s.CA) == 0 && len(s.Proxy) == 0 && len(s.java) == 0 && len(s.Clients) == 0 && len(s.Variables) == 0
}

// Read finds out what this machine needs. goos is [runtime.GOOS] of the machine
// and home the user's home directory. The variable DEVUP_CA, which the settings may
// supply through lookupEnv, names a CA bundle and comes before all others.
//
// Files that are missing, unreadable or malformed are no error: they become
// Notes.
func Read(lookupEnv func(string) (string, bool), home, goos string) Settings {
	return read(machine{
		lookupEnv: lookupEnv,
		home:      home,
		goos:      goos,
		readFile:  os.ReadFile,
		glob:      func(pattern string) []string { names, _ := filepath.Glob(pattern); return names },
	})
}

// machine is what this package reads of this machine.
type machine struct {
	lookupEnv func(string) (string, bool)
	home      string
	goos      string
	readFile  func(string) ([]byte, error)
	glob      func(string) []string
}

// env is the value of the first variable that is set and not empty.
func (m machine) env(names ...string) string {
	for _, name := range names {
		if value, ok := m.lookupEnv(name); ok && value != "" {
			return value
		}
	}
	return ""
}

func read(m machine) Settings {
	var s Settings
	pip := m.pip(&s)
	npm := m.npm(&s)
	cargo := m.cargo(&s)
	m.ca(&s, pip, npm, cargo)
	m.proxy(&s)
	m.maven(&s)
	m.gradle(&s)
	m.variables(&s, pipIndex(s.Clients))
	return s
}

// shown is a path as users write it.
func (m machine) shown(path string) string {
	if rest, err := filepath.Rel(m.home, path); err == nil && m.home != "" && filepath.IsLocal(rest) {
		return "~/" + filepath.ToSlash(rest)
	}
	return path
}

func (s *Settings) note(text string) { s.Notes = append(s.Notes, text) }

// onLoopback says that an address is left out.
func onLoopback(what string) string {
	return what + " is on this machine's loopback address, which a container cannot reach: it is left out"
}

// configDir is the directory of the user's settings on Linux.
func (m machine) configDir() string {
	return cmp.Or(m.env("XDG_CONFIG_HOME"), filepath.Join(m.home, ".config"))
}
