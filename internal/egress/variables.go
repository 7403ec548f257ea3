package egress

import (
	"path/filepath"
	"slices"
	"strings"
)

// Variable is a setting of a package client that it takes from the environment alone.
type Variable struct {
	Name   string
	Client string // see [Installs]
	Parts  []Part // of its value, each address apart
}

// clientVariables are the variables that mean the same on another machine, by client, and what
// stands between the addresses of one.
var clientVariables = []struct {
	client  string
	between string
	names   []string
}{
	// https://go.dev/ref/mod#environment-variables
	{"go", ",| ", []string{"GOPROXY", "GOPRIVATE", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOVCS"}},
	// https://docs.astral.sh/uv/reference/environment
	{"pip", " \t\r\n", []string{"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INSECURE_HOST", "UV_HTTP_TIMEOUT"}},
}

// variables takes the settings of clients from the environment, and those of Go from the file
// that `go env -w` writes too. uv reads nothing of pip's, and gets its index.
func (m machine) variables(s *Settings, pipIndex Part) {
	written := m.goEnv()
	for _, of := range clientVariables {
		for _, name := range of.names {
			value, source := m.env(name), name
			if value == "" && written[name] != "" {
				value, source = written[name], "go env"
			}
			if value != "" {
				s.variable(Variable{Name: name, Client: of.client}, separated(value, of.between), source)
			}
		}
	}
	if m.env("UV_DEFAULT_INDEX", "UV_INDEX_URL") == "" && pipIndex != (Part{}) {
		s.Variables = append(s.Variables, Variable{Name: "UV_DEFAULT_INDEX", Client: "pip", Parts: []Part{pipIndex}})
	}
}

// separated divides a value into what stands between separators and these, in turns.
func separated(value, separators string) []string {
	var all []string
	for value != "" {
		at := strings.IndexAny(value, separators)
		if at < 0 {
			return append(all, value)
		}
		all = append(all, value[:at], value[at:at+1])
		value = value[at+1:]
	}
	return all
}

// variable adds a variable of these pieces, unless a container cannot reach an address of it.
// Each address with a password has a credential of its own. Go needs no scheme in it.
func (s *Settings) variable(v Variable, pieces []string, source string) {
	if slices.ContainsFunc(pieces, func(piece string) bool { return strings.Contains(piece, "://") && isLoopback(piece) }) {
		s.note(onLoopback(v.Name))
		return
	}
	for _, piece := range pieces {
		public, secret := withoutUser(piece)
		if !secret {
			v.Parts = append(v.Parts, Part{Text: piece})
			continue
		}
		c := Credential{Client: v.Client, Kind: "password", Registry: location(public), Sources: []string{source}, Configured: true}
		v.Parts = append(v.Parts, Part{Text: public, Secret: piece, Credential: s.found(c)})
	}
	s.Variables = append(s.Variables, v)
}

// goEnv is the file of `go env -w`.
func (m machine) goEnv() map[string]string {
	file := m.env("GOENV")
	switch {
	case file == "off":
		return nil
	case file == "" && m.goos == "windows":
		file = filepath.Join(m.env("APPDATA"), "go", "env")
	case file == "" && m.goos == "darwin":
		file = filepath.Join(m.home, "Library", "Application Support", "go", "env")
	case file == "":
		file = filepath.Join(m.configDir(), "go", "env")
	}
	data, err := m.readFile(file)
	if err != nil {
		return nil
	}
	all := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(name, "#") {
			all[name] = value
		}
	}
	return all
}
