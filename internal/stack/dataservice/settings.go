package dataservice

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// settingsFiles are files of frameworks that say where data services are, besides sources.
var settingsFiles = lazyregexp.New(`^(?:schema\.prisma|application(?:-[\w-]+)?\.(?:properties|ya?ml)|database\.yml|mongoid\.yml|config\.json|ormconfig\.json|hibernate\.cfg\.xml|persistence\.xml|appsettings(?:\.Development)?\.json|(?:dev|config|runtime)\.exs|Rocket\.toml)$|\.prisma$`)

// IsSettings says whether a file of the name may say where data services are.
func IsSettings(name string) bool {
	switch path.Ext(name) {
	case ".prisma", ".properties", ".yml", ".yaml", ".json", ".exs", ".xml", ".toml":
		return settingsFiles.MatchString(name) || configName.MatchString(name)
	}
	return isPrisma(name)
}

var springFiles = lazyregexp.New(`^application[\w-]*\.(?:properties|ya?ml)$`)

// isBound says whether Spring takes a variable instead of a URL in a file.
func isBound(name, scheme string) bool {
	return springFiles.MatchString(path.Base(name)) && (strings.HasPrefix(scheme, "jdbc:") || strings.HasPrefix(scheme, "r2dbc:") || strings.HasPrefix(scheme, "mongodb"))
}

// Overrides gives the settings in a file of a framework as the environment variables that
// override them, or that they read.
func Overrides(file tree.File) []Named {
	switch name := path.Base(file.Path); {
	case isPrisma(name):
		return prismaVariables(file)
	case strings.HasPrefix(name, "application"):
		return springVariables(file)
	case strings.HasPrefix(name, "appsettings"):
		return connectionStrings(file)
	case name == "database.yml":
		// https://guides.rubyonrails.org/configuring.html#configuring-a-database
		return []Named{{Name: "DATABASE_URL", Values: []Value{{From: Example, At: tree.At(file.Path, 0, "DATABASE_URL")}}}}
	}
	return nil
}

// isPrisma reports whether a file says where Prisma finds its database: a schema or, since Prisma 7,
// the settings file.
func isPrisma(name string) bool {
	return path.Ext(name) == ".prisma" || strings.HasPrefix(path.Base(name), "prisma.config.")
}

var prismaEnv = lazyregexp.New(`\b(?:url|directUrl|shadowDatabaseUrl)\s*[=:]\s*(?:env\(\s*["'](\w+)["']\s*\)|process\.env\.(\w+))`)

func prismaVariables(file tree.File) []Named {
	var all []Named
	for _, m := range prismaEnv.FindAllStringSubmatchIndex(file.Text, -1) {
		name := stack.Group(file.Text, m, 1) + stack.Group(file.Text, m, 2)
		all = append(all, Named{Name: name, Values: []Value{{From: Code, At: file.At(m[0], name)}}})
	}
	return all
}

var (
	property    = lazyregexp.New(`(?m)^[ \t]*(spring\.[\w.-]+)[ \t]*[=:][ \t]*(.*?)[ \t]*$`)
	placeholder = lazyregexp.New(`^\$\{([\w.-]+):?(.*)\}$`)
	ofLogin     = lazyregexp.New(`^spring\.datasource\.(?:hikari\.)?(url|jdbc-?url|username|password)$`)
)

// springProperties calls do for each property of Spring's own in a file of settings.
func springProperties(file tree.File, do func(name, value string, at tree.Evidence)) {
	if path.Ext(file.Path) == ".properties" {
		for _, m := range property.FindAllStringSubmatchIndex(file.Text, 500) {
			name := file.Text[m[2]:m[3]]
			do(name, file.Text[m[4]:m[5]], file.At(m[0], name))
		}
		return
	}
	flatten(document(file.Text), "", 12, func(name string, node *yaml.Node) {
		if strings.HasPrefix(name, "spring.") {
			do(name, node.Value, tree.At(file.Path, node.Line, name))
		}
	})
}

// springVariables are by the names that Spring binds to its properties:
// https://docs.spring.io/spring-boot/reference/features/external-config.html
func springVariables(file tree.File) []Named {
	var all []Named
	springProperties(file, func(name, value string, at tree.Evidence) {
		if m := placeholder.FindStringSubmatch(value); m != nil {
			value = m[2]
		}
		name = strings.ToUpper(strings.NewReplacer(".", "_", "-", "").Replace(name))
		all = append(all, Named{Name: name, Values: []Value{{Text: value, From: Code, At: at}}})
	})
	return all
}

// settingsReads is a clue of the variables that Prisma, or Spring's properties of the database, take
// the address from, whatever they are called.
func settingsReads(file tree.File) []Clue {
	var clue Clue
	read := func(name string, part Part, at tree.Evidence) {
		clue.Reads, clue.Evidence = append(clue.Reads, Read{name, part}), at
	}
	switch {
	case isPrisma(file.Path):
		clue.Service = cmp.Or(dialectIn(file.Text), anySQL)
		for _, v := range prismaVariables(file) {
			read(v.Name, PartURL, v.Values[0].At)
		}
	case springFiles.MatchString(path.Base(file.Path)):
		springProperties(file, func(name, value string, at tree.Evidence) {
			if part, from := ofLogin.FindStringSubmatch(strings.ToLower(name)), placeholder.FindStringSubmatch(value); part != nil && from != nil {
				read(from[1], cmp.Or(partWords[strings.ToUpper(part[1])], PartURL), at)
			}
		})
	}
	if clue.Reads == nil {
		return nil
	}
	return []Clue{clue}
}

// document is the root of a YAML document; nil for what is none.
func document(text string) (root *yaml.Node) {
	// The YAML library answers some malformed documents with a panic.
	defer func() {
		if recover() != nil {
			root = nil
		}
	}()
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// flatten calls do for each scalar below a mapping, with its path; it follows no alias.
func flatten(node *yaml.Node, prefix string, depth int, do func(name string, node *yaml.Node)) {
	if node == nil || node.Kind != yaml.MappingNode || depth == 0 {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := strings.TrimPrefix(prefix+"."+node.Content[i].Value, ".")
		if value := node.Content[i+1]; value.Kind == yaml.ScalarNode {
			do(name, value)
		} else {
			flatten(value, name, depth-1, do)
		}
	}
}

// connectionStrings are ASP.NET's:
// https://learn.microsoft.com/aspnet/core/fundamentals/configuration/#connection-string-prefixes
func connectionStrings(file tree.File) []Named {
	var settings struct{ ConnectionStrings map[string]string }
	if json.Unmarshal([]byte(strings.TrimPrefix(file.Text, "\ufeff")), &settings) != nil {
		return nil
	}
	var all []Named
	for name, value := range settings.ConnectionStrings {
		at := max(0, strings.Index(file.Text, `"`+name+`"`))
		all = append(all, Named{Name: "ConnectionStrings__" + name, Values: []Value{{Text: value, From: Code, At: file.At(at, name)}}})
	}
	slices.SortFunc(all, func(a, b Named) int { return strings.Compare(a.Name, b.Name) })
	return all
}
