package engine

import (
	"path/filepath"
	"sync"

	"github.com/distribution/reference"
	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/registry"
)

// dockerHub is the key under which Docker's configuration keeps the credentials
// of Docker Hub, for historical reasons.
const dockerHub = "https://index.docker.io/v1/"

// Credentials gives a function that finds the registry credentials of an image in
// Docker's configuration (config.json, credential helpers and stores), in the
// form in which the engine takes them; an empty string where there are none. The
// configuration is read when the function is first called. It is safe for
// concurrent use.
func Credentials(lookupEnv func(string) (string, bool), home string) func(image string) string {
	load := sync.OnceValue(func() *configfile.ConfigFile {
		dir, ok := lookupEnv("DOCKER_CONFIG")
		if !ok || dir == "" {
			dir = filepath.Join(home, ".docker")
		}
		file, err := config.Load(dir)
		if err != nil { // it holds no usable credentials; public images still work
			return configfile.New("")
		}
		return file
	})
	return func(image string) string {
		named, err := reference.ParseNormalizedNamed(image)
		if err != nil {
			return ""
		}
		host := reference.Domain(named)
		if host == "docker.io" {
			host = dockerHub
		}
		found, err := load().GetAuthConfig(host)
		if err != nil || found.Username+found.Password+found.IdentityToken+found.RegistryToken+found.Auth == "" {
			return ""
		}
		encoded, err := authconfig.Encode(registry.AuthConfig{
			Username: found.Username, Password: found.Password, ServerAddress: found.ServerAddress,
			IdentityToken: found.IdentityToken, RegistryToken: found.RegistryToken,
		})
		if err != nil {
			return ""
		}
		return encoded
	}
}
