package egress

import (
	"path/filepath"
	"strings"
)

// Variable is a setting of a package client that it takes from the environment alone.
type Variable struct {
	Name       string
	Client     string // see [Installs]
	Value      string // without a credential
	Secret     string // with the credential; empty where Value is all
	Credential int    // its index in [Settings].Credentials, from 1; 0 for none
}

// clientVariables are the variables that mean the same on another machine, by client.
var clientVariables = []struct {
	client string
	names  []string
}{
	// https://go.dev/ref/mod#environment-variables
	{"go", []string{"GOPROXY", "GOPRIVATE", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOVCS"}},
	// https://docs.astral.sh/uv/reference/environment
	{"pip", []string{"UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INSECURE_HOST", "UV_HTTP_TIMEOUT"}},
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
				s.variable(Variable{Name: name, Client: of.client, Value: value}, source)
			}
		}
	}
	if m.env("UV_DEFAULT_INDEX", "UV_INDEX_URL") == "" && pipIndex != (Part{}) {
		s.Variables = append(s.Variables, Variable{Name: "UV_DEFAULT_INDEX", Client: "pip", Value: pipIndex.Text, Secret: pipIndex.Secret, Credential: pipIndex.Credential})
	}
}

// variable adds a variable, without the addresses that a container cannot reach, and with the
// password of an address apart.
func (s *Settings) variable(v Variable, source string) {
	secret := v.Value
	for _, address := range strings.FieldsFunc(v.Value, func(r rune) bool { return strings.ContainsRune(",| ", r) }) {
		if !strings.Contains(address, "://") {
			continue
		}
		if isLoopback(address) {
			s.note(v.Name + " is on this machine's loopback address, which a container cannot reach: it is left out")
			return
		}
		if public, has := withoutUser(address); has {
			v.Value = strings.ReplaceAll(v.Value, address, public)
			v.Secret = secret
			v.Credential = s.found(Credential{Client: v.Client, Kind: "password", Registry: location(public), Sources: []string{source}, Configured: true})
		}
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
		dir := m.env("XDG_CONFIG_HOME")
		if dir == "" {
			dir = filepath.Join(m.home, ".config")
		}
		file = filepath.Join(dir, "go", "env")
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
