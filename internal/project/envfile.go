package project

import (
	"errors"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// EnvFile reads a file of variables as env_file of a service would be read. The error
// is a *fail.Error with the code Usage: somebody named the file on the command line.
func EnvFile(path string, lookup func(string) (string, bool)) (map[string]string, error) {
	content, err := untrusted.ReadGiven(path, maxEnvFile)
	if err != nil {
		return nil, fail.Wrap(err, fail.Usage, "", "the file %s cannot be read", path)
	}
	values, err := variables(path, content, lookup)
	if e, ok := errors.AsType[*fail.Error](err); ok {
		named := *e
		named.Code = fail.Usage
		return nil, &named
	}
	return values, err
}
