// Package dockerconfig reads the docker command's config.json: logins, proxies, HTTP headers
// and the context in use. It runs no credential helper and warns of nothing: that is for the
// packages that ask.
package dockerconfig

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
)

// Name is the file's name in the directory that [Dir] gives.
const Name = config.ConfigFileName

// Dir is the directory of the file and of the docker contexts: what the variable DOCKER_CONFIG
// holds, else .docker in the user's home. It is empty where both are.
func Dir(variable, home string) string {
	if variable != "" || home == "" {
		return variable
	}
	return filepath.Join(home, ".docker")
}

// Read reads the file in a directory. A file that does not exist is an empty one, and so is
// that of no directory.
func Read(dir string) (configfile.ConfigFile, error) {
	if dir == "" {
		return configfile.ConfigFile{}, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, Name))
	if errors.Is(err, fs.ErrNotExist) {
		return configfile.ConfigFile{}, nil
	}
	if err != nil {
		return configfile.ConfigFile{}, err
	}
	return Parse(text)
}

// Parse reads the text of a config.json, or of DOCKER_AUTH_CONFIG. Its errors never show what
// the text holds. Logins stay as they are written: docker/cli's own reader refuses the whole
// file for one login that is not base64.
func Parse(text []byte) (configfile.ConfigFile, error) {
	var c configfile.ConfigFile
	err := json.Unmarshal(text, &c)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return configfile.ConfigFile{}, fmt.Errorf("it is not JSON, from byte %d on", syntax.Offset)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return configfile.ConfigFile{}, fmt.Errorf("a %s stands where it should not, at %s", wrong.Value, wrong.Field)
	}
	return c, err
}
