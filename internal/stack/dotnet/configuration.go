package dotnet

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var (
	// asked are values of the configuration, with what follows: what ends the program without one, or the
	// end of the call that takes it.
	asked = lazyregexp.New(`\b\w*[cC]onfig\w*(?:\.(GetConnectionString)\(\s*"([\w:-]+)"\s*\)|\[\s*"([\w:-]+)"\s*\])\s*(\?\?\s*throw\b|!|[,)])?`)
	// settingsFiles are those that a program loads in development, in the directory of the project.
	settingsFiles = []string{"appsettings.json", "appsettings.Development.json"}
)

// configured are the values of the configuration that the sources demand and that its files do
// not have, as environment variables: https://learn.microsoft.com/aspnet/core/fundamentals/configuration.
// A connection string that is handed on is demanded. Of a project that keeps its files out of git, they
// are all that the sources ask for, and of any project all connection strings.
func configured(a *stack.App) []stack.Use {
	has, hasFile := map[string]bool{}, false
	for _, name := range settingsFiles {
		hasFile = hasFile || a.Directory().Has(name)
		var values map[string]any
		if json.Unmarshal([]byte(a.Tree.Text(path.Join(a.Dir, name))), &values) == nil { // else it says nothing that can be read
			keysIn(values, "", has)
		}
	}
	var found []stack.Use
	for _, source := range a.Sources {
		for _, m := range asked.FindAllStringSubmatchIndex(source.Text, -1) {
			key, then := stack.Group(source.Text, m, 3), stack.Group(source.Text, m, 4)
			demanded, connects := then == "!" || strings.HasSuffix(then, "throw"), stack.Group(source.Text, m, 1) != ""
			if connects {
				key, demanded = "ConnectionStrings:"+stack.Group(source.Text, m, 2), then != ""
			}
			name := strings.ReplaceAll(key, ":", "__")
			if has[strings.ToLower(key)] || strings.Contains(name, "-") || !demanded && !connects && hasFile {
				continue
			}
			found = append(found, stack.Use{Name: name, Required: demanded, Checked: demanded, Empty: true, Where: source.At(m[0], name)})
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
