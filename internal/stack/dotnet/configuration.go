package dotnet

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var (
	// demanded are values of the configuration without which the program ends.
	demanded = lazyregexp.New(`\b\w*[cC]onfig\w*(?:\.(GetConnectionString)\(\s*"([\w:-]+)"\s*\)|\[\s*"([\w:-]+)"\s*\])\s*(?:\?\?\s*throw\b|!)`)
	// settingsFiles are those that a program loads in development, in the directory of the project.
	settingsFiles = []string{"appsettings.json", "appsettings.Development.json"}
)

// configured are the values of the configuration that the sources demand and that its files do
// not have, as environment variables: https://learn.microsoft.com/aspnet/core/fundamentals/configuration.
func configured(a *stack.App) []stack.Use {
	has := map[string]bool{}
	for _, name := range settingsFiles {
		var values map[string]any
		if json.Unmarshal([]byte(a.Tree.Text(path.Join(a.Dir, name))), &values) == nil { // else it says nothing that can be read
			keysIn(values, "", has)
		}
	}
	var found []stack.Use
	for _, source := range a.Sources {
		for _, m := range demanded.FindAllStringSubmatchIndex(source.Text, -1) {
			key := stack.Group(source.Text, m, 3)
			if stack.Group(source.Text, m, 1) != "" {
				key = "ConnectionStrings:" + stack.Group(source.Text, m, 2)
			}
			if name := strings.ReplaceAll(key, ":", "__"); !has[strings.ToLower(key)] && !strings.Contains(name, "-") {
				found = append(found, stack.Use{Name: name, Required: true, Checked: true, Empty: true, Where: source.At(m[0], name)})
			}
		}
	}
	return found
}

// keysIn notes the keys of values that are not empty, in lower case, each with those above it.
func keysIn(values map[string]any, above string, has map[string]bool) {
	for key, value := range values {
		full := strings.ToLower(above + key)
		switch value := value.(type) {
		case map[string]any:
			keysIn(value, full+":", has)
		case string:
			has[full] = value != ""
		default:
			has[full] = value != nil
		}
	}
}
