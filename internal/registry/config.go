package registry

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/registry"
)

// Login is what is known for a registry. The zero value is no login.
type Login struct {
	Server        string // what Docker's configuration calls the registry
	Username      string
	Password      string
	IdentityToken string // exchanged for a token at the registry's authority
	RegistryToken string // sent to the registry as it is
	Trouble       string // why a login that is configured is not here, a phrase; else empty
}

// Empty reports whether there is nothing to log in with.
func (l Login) Empty() bool {
	return l.Username+l.Password+l.IdentityToken+l.RegistryToken == ""
}

// Header is the login as the engine takes it; empty for none.
func (l Login) Header() string {
	if l.Empty() {
		return ""
	}
	encoded, err := authconfig.Encode(registry.AuthConfig{
		Username: l.Username, Password: l.Password, ServerAddress: l.Server,
		IdentityToken: l.IdentityToken, RegistryToken: l.RegistryToken,
	})
	if err != nil {
		return "" // strings always encode
	}
	return encoded
}

// config is what a Docker configuration says about registries.
type config struct{ configfile.ConfigFile }

// helper is the name of the program that keeps the logins of a registry; empty
// where the file does.
func (c config) helper(of string) string {
	if name, ok := lookup(c.CredentialHelpers, of); ok {
		return name
	}
	return c.CredentialsStore
}

// login is the login in the file itself.
func (c config) login(of string) Login {
	found, ok := lookup(c.AuthConfigs, of)
	if !ok {
		return Login{}
	}
	l := Login{
		Server: server(of), Username: found.Username, Password: found.Password,
		IdentityToken: found.IdentityToken, RegistryToken: found.RegistryToken,
	}
	if found.Auth == "" {
		return l
	}
	decoded, err := base64.StdEncoding.DecodeString(found.Auth)
	name, password, paired := strings.Cut(string(decoded), ":")
	if err != nil || !paired || name == "" {
		return Login{Trouble: "the auth of " + of + " in Docker's configuration is not a name and password in base64"}
	}
	l.Username, l.Password = name, strings.Trim(password, "\x00")
	return l
}

// server is what Docker calls a registry where it keeps logins.
func server(host string) string {
	if host == Hub {
		return hubServer
	}
	return host
}

// lookup finds what a map holds for a registry: under Docker's own name for it,
// else under any other spelling, the first in the order of the alphabet.
func lookup[V any](all map[string]V, of string) (V, bool) {
	if v, ok := all[server(of)]; ok {
		return v, true
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if host(name) == of {
			return all[name], true
		}
	}
	var none V
	return none, false
}
