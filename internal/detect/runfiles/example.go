package runfiles

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var exampleFile = lazyregexp.New(`^(\w[\w.-]*?)[._-](?:example|sample|template|dist)(\.(?:[cm]?[jt]s|py|json|ini|toml|ya?ml))$|^(\w[\w-]*\.\w+)\.(?:example|sample|template|dist)$`)

// ShownBy is the name of the file of settings that an example shows: config.js of config.example.js and of
// config.js.sample. It is empty for other names, and for examples of env files.
func ShownBy(name string) string {
	if !stack.HasOne(name, "example", "sample", "template", "dist") {
		return ""
	}
	m := exampleFile.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	return m[1] + m[2] + m[3]
}
