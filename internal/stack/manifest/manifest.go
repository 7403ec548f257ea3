// Package manifest reads which packages the manifests of all languages list, with their extras and
// features. It knows nothing of what a package is for.
package manifest

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// Package is a package in a manifest.
type Package struct {
	Name   string // with an extra or feature in brackets, each on its own: "celery[redis]"
	offset int    // in the manifest; -1 where it is the JSON text of the name
}

// At is where a manifest names the package.
func (p Package) At(manifest tree.File) tree.Evidence {
	if p.offset < 0 {
		p.offset = max(0, strings.Index(manifest.Text, `"`+p.Name+`"`))
	}
	return manifest.At(p.offset, p.Name)
}

// dialect is how the manifests of a language name packages.
type dialect struct {
	name     string
	patterns []*lazyregexp.Regexp // the name in the first group, extras or features in the second
	fields   []string             // of a JSON manifest, instead of patterns
	fold     bool                 // case, underscores and hyphens do not count
}

var dialects = []dialect{
	{name: "node", fields: []string{"dependencies", "optionalDependencies"}},
	{name: "php", fields: []string{"require"}},
	{name: "python", fold: true, patterns: []*lazyregexp.Regexp{
		lazyregexp.New(`(?m)(?:^\s*|["'])([A-Za-z][\w.-]*)(?:\[([\w, -]+)\])?\s*(?:[=<>~!;,"'@]|\s*$)`),
		lazyregexp.New(`(?m)^\s*([A-Za-z][\w.-]*)\s*=\s*\{[^}\n]*extras\s*=\s*\[([^\]\n]*)\]`),
	}},
	{name: "golang", patterns: []*lazyregexp.Regexp{lazyregexp.New(`(?m)^\s*(?:require\s+)?([\w.-]+\.\w+/[\w./-]+)\s+v\S+\s*$`)}},
	{name: "java", patterns: []*lazyregexp.Regexp{
		lazyregexp.New(`<artifactId>\s*([\w.-]+)\s*</artifactId>`),
		lazyregexp.New(`<groupId>\s*([\w.-]+)\s*</groupId>\s*<artifactId>\s*([\w.-]+)\s*</artifactId>`),
		lazyregexp.New(`["']([\w.-]+):([\w.-]+)(?::[^"'\s]*)?["']`),
	}},
	{name: "ruby", patterns: []*lazyregexp.Regexp{lazyregexp.New(`(?m)^\s*gem\s*\(?\s*["']([\w-]+)["']`)}},
	{name: "rust", patterns: []*lazyregexp.Regexp{
		lazyregexp.New(`(?m)^\s*([\w-]+)\s*(?:\.workspace)?\s*=`), lazyregexp.New(`(?m)^\s*([\w-]+)\s*=\s*\{[^}]*features\s*=\s*\[([^\]]*)\]`),
		lazyregexp.New(`(?m)^\[dependencies\.([\w-]+)\](?:\s*\n(?:[^\[\n]*\n)*?\s*features\s*=\s*\[([^\]]*)\])?`),
	}},
	{name: "dotnet", patterns: []*lazyregexp.Regexp{lazyregexp.New(`<PackageReference[^>]*\bInclude="([\w.-]+)"`)}},
	{name: "elixir", patterns: []*lazyregexp.Regexp{lazyregexp.New(`\{\s*:(\w+)\s*,`)}},
	{name: Deno, patterns: []*lazyregexp.Regexp{Specifier}},
}

// Deno has the packages of Node, and those of its own registries.
const Deno = "deno"

// Specifier is how Deno names a package, in a manifest or an import:
// https://docs.deno.com/runtime/fundamentals/modules/
var Specifier = lazyregexp.New(`["'](?:npm:|jsr:|https://deno\.land/)/?((?:@[\w.-]+/|x/)?[\w.-]+)`)

// Language gives the language whose packages a file of the name lists; empty for none.
func Language(name string) string {
	switch name {
	case "package.json":
		return "node"
	case "composer.json":
		return "php"
	case "pyproject.toml", "Pipfile", "setup.py", "setup.cfg":
		return "python"
	case "go.mod":
		return "golang"
	case "pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml":
		return "java"
	case "Gemfile":
		return "ruby"
	case "Cargo.toml":
		return "rust"
	case "mix.exs":
		return "elixir"
	case "deno.json", "deno.jsonc":
		return Deno
	}
	switch ending := path.Ext(name); {
	case ending == ".txt" && (strings.HasPrefix(strings.ToLower(name), "req") || strings.Contains(name, "requirements")):
		return "python"
	case ending == ".csproj" || ending == ".fsproj":
		return "dotnet"
	}
	return ""
}

// Packages gives the packages that a manifest lists.
func Packages(manifest tree.File) []Package {
	name := Language(path.Base(manifest.Path))
	i := slices.IndexFunc(dialects, func(l dialect) bool { return l.name == name })
	if i < 0 {
		return nil
	}
	l := dialects[i]
	if l.fields != nil {
		return inJSON(manifest, l.fields)
	}
	var found []Package
	for _, pattern := range l.patterns {
		for _, m := range pattern.FindAllStringSubmatchIndex(manifest.Text, -1) {
			base := l.spelled(manifest.Text[m[2]:m[3]])
			found = append(found, Package{base, m[2]})
			if len(m) < 6 || m[4] < 0 {
				continue
			}
			for extra := range strings.SplitSeq(manifest.Text[m[4]:m[5]], ",") {
				full := base + "[" + strings.Trim(extra, " \t\r\n\"'") + "]"
				if l.name == "java" { // the artifact of a group
					found = append(found, Package{extra, m[4]})
					full = base + ":" + extra
				}
				found = append(found, Package{full, m[2]})
			}
		}
	}
	return found
}

func (l dialect) spelled(name string) string {
	if l.fold {
		return strings.ReplaceAll(strings.ToLower(name), "_", "-")
	}
	return name
}

func inJSON(manifest tree.File, fields []string) []Package {
	var document map[string]json.RawMessage
	if json.Unmarshal([]byte(manifest.Text), &document) != nil {
		return nil // a broken manifest names nothing
	}
	var found []Package
	for _, field := range fields {
		var packages map[string]json.RawMessage
		if json.Unmarshal(document[field], &packages) != nil {
			continue
		}
		for name := range packages {
			found = append(found, Package{name, -1})
		}
	}
	slices.SortFunc(found, func(a, b Package) int { return strings.Compare(a.Name, b.Name) })
	return found
}
