package project

import (
	"bytes"
	"os"

	"github.com/compose-spec/compose-go/v2/dotenv"

	"github.com/devup-cli/devup/internal/fail"
)

// EnvFile reads a file of variables as env_file of a service would be read. The error
// is a *fail.Error with the code Usage: somebody named the file on the command line.
func EnvFile(path string, lookup func(string) (string, bool)) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fail.Wrap(err, fail.Usage, "", "the file %s cannot be read", path)
	}
	values, err := dotenv.ParseWithLookup(bytes.NewReader(content), lookup)
	if err != nil {
		e := envFileError(path, err)
		e.Code = fail.Usage
		return nil, e
	}
	return values, nil
}
