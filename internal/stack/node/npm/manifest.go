// Package npm is how packages of the npm registry get into an image, whichever manager installs
// them: package.json, lock files, workspaces, the version of Node, and the commands. It knows no
// frameworks.
package npm

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Manifest is what detection takes from a package.json. Fields that people
// write in several forms are raw, so that one odd field does not lose the rest.
type Manifest struct {
	Name            string          `json:"name"`
	Main            json.RawMessage `json:"main"`
	Module          json.RawMessage `json:"module"`
	Exports         json.RawMessage `json:"exports"`
	Proxy           json.RawMessage `json:"proxy"`
	Scripts         Texts           `json:"scripts"`
	Dependencies    Texts           `json:"dependencies"`
	DevDependencies Texts           `json:"devDependencies"`
	Engines         Texts           `json:"engines"`
	Volta           Texts           `json:"volta"`
	PackageManager  json.RawMessage `json:"packageManager"`
	Workspaces      json.RawMessage `json:"workspaces"`
	Wireit          json.RawMessage `json:"wireit"`
	Overrides       json.RawMessage `json:"overrides"`
	Pnpm            pnpmSettings    `json:"pnpm"`
	Prisma          Texts           `json:"prisma"`
	Path            string          `json:"-"` // of the file, in the repository
	text            string
}

// pnpmSettings are those of pnpm in a package.json.
type pnpmSettings map[string]json.RawMessage

// UnmarshalJSON implements [json.Unmarshaler]; it never fails on valid JSON.
func (v *pnpmSettings) UnmarshalJSON(data []byte) error {
	var all map[string]json.RawMessage
	if json.Unmarshal(data, &all) == nil {
		*v = all
	}
	return nil
}

// approves says whether they name packages whose scripts may run, as pnpm 10 needs it.
func (v pnpmSettings) approves() bool { return v["onlyBuiltDependencies"] != nil }

// Texts is an object of strings; what is no string in it is left out.
type Texts map[string]string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails on valid JSON.
func (v *Texts) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		return nil
	}
	*v = Texts{}
	for name, value := range raw {
		var text string
		if json.Unmarshal(value, &text) == nil {
			(*v)[name] = text
		}
	}
	return nil
}

// ManifestOf is the package.json of a directory; an empty one where it is missing or broken.
func ManifestOf(t *tree.Tree, dir string) *Manifest {
	p, _ := Parse(t, dir) // broken: what could be read
	return p
}

// Parse reads the package.json of a directory.
func Parse(t *tree.Tree, dir string) (*Manifest, error) {
	name := path.Join(dir, "package.json")
	return ParseManifest(name, t.Text(name))
}

// ParseManifest reads a text as the package.json of that name.
func ParseManifest(name, text string) (*Manifest, error) {
	p := &Manifest{Path: name, text: text}
	return p, json.Unmarshal([]byte(text), p)
}

// WhyBroken says what an error of [Parse] means, and where.
func (p *Manifest) WhyBroken(err error) (why string, e tree.Evidence) {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return "package.json is no JSON object", tree.Evidence{File: p.Path}
		}
		return "package.json has the wrong kind of value at " + untrusted.Name(wrong.Field), tree.Evidence{File: p.Path}
	}
	why = "package.json is not valid JSON"
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := tree.LineAt(p.text, min(max(int(wrong.Offset)-1, 0), len(p.text)))
		return fmt.Sprintf("%s: line %d", why, line), tree.At(p.Path, line, "")
	}
	return why, tree.Evidence{File: p.Path}
}

var callsScript = lazyregexp.New(`^(?:npm (?:run|run-script) |npm (start)$|yarn (?:run )?|pnpm (?:run )?|bun run )([\w:.-]*)$`)

// Script is what a script runs in the end, where it only calls another.
func (p *Manifest) Script(name string) string {
	text := strings.TrimSpace(p.Scripts[name])
	for range 5 { // scripts may call each other in a circle
		match := callsScript.FindStringSubmatch(text)
		if match == nil || p.Scripts[match[1]+match[2]] == "" {
			break
		}
		text = strings.TrimSpace(p.Scripts[match[1]+match[2]])
	}
	return text
}

// scriptNames are the names of the scripts, sorted.
func (p *Manifest) scriptNames() []string { return slices.Sorted(maps.Keys(p.Scripts)) }

// ranges are those of all dependencies.
func (p *Manifest) ranges() []string {
	return slices.AppendSeq(slices.Collect(maps.Values(p.Dependencies)), maps.Values(p.DevDependencies))
}

// Needs is the version of a dependency of any kind, and whether there is one.
func (p *Manifest) Needs(name string) (version string, found bool) {
	if version, found = p.Dependencies[name]; !found {
		version, found = p.DevDependencies[name]
	}
	return version, found
}

// NeedsOneOf is the first of the names that is a dependency, or empty.
func (p *Manifest) NeedsOneOf(names ...string) string {
	for _, name := range names {
		if _, found := p.Needs(name); found {
			return name
		}
	}
	return ""
}

// At is the evidence of a key in the file.
func (p *Manifest) At(key, text string) tree.Evidence {
	e := tree.Evidence{File: p.Path, Text: text}
	for rest, at := p.text, 0; ; {
		before, after, found := strings.Cut(rest, `"`+key+`"`)
		if !found {
			return e
		}
		at += len(before)
		if strings.HasPrefix(strings.TrimSpace(after), ":") { // else the word is a value
			e.Line = tree.LineAt(p.text, at)
			return e
		}
		rest, at = after, at+len(key)+len(`""`)
	}
}

// RawText is the text of a raw field that may also be something else.
func RawText(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // not a string: empty
	return text
}

// unbuilt are the directories of files that others import this package by, that its build
// makes and that are not there.
func (m *Manifest) unbuilt(t *tree.Tree) []string {
	var made []string
	for _, entry := range append(entries(m.Exports), RawText(m.Main), RawText(m.Module)) {
		top, _, nested := strings.Cut(path.Clean(entry), "/")
		if !nested || !tree.IsOutput(top) && top != "lib" || t.Exists(path.Join(path.Dir(m.Path), entry)) {
			continue
		}
		if !slices.Contains(made, top) {
			made = append(made, top)
		}
	}
	return made
}

// entries are the files that "exports" names, without those of types alone.
func entries(exports json.RawMessage) []string {
	conditions := map[string]json.RawMessage{}
	if json.Unmarshal(exports, &conditions) != nil {
		return []string{RawText(exports)}
	}
	var files []string
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		if name != "types" {
			files = append(files, entries(conditions[name])...)
		}
	}
	return files
}

// Wants is what a package.json says of a package.
func Wants(read func(string) string, name string) (versions string, found bool) {
	return stack.WantedInJSON(read("package.json"), name, "dependencies", "devDependencies")
}
