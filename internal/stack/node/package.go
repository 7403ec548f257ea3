package node

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// manifest is what detection takes from a package.json. Fields that people
// write in several forms are raw, so that one odd field does not lose the rest.
type manifest struct {
	Name            string          `json:"name"`
	Main            json.RawMessage `json:"main"`
	Module          json.RawMessage `json:"module"`
	Exports         json.RawMessage `json:"exports"`
	Proxy           json.RawMessage `json:"proxy"`
	Scripts         texts           `json:"scripts"`
	Dependencies    texts           `json:"dependencies"`
	DevDependencies texts           `json:"devDependencies"`
	Engines         texts           `json:"engines"`
	Volta           texts           `json:"volta"`
	PackageManager  json.RawMessage `json:"packageManager"`
	Workspaces      json.RawMessage `json:"workspaces"`
	path            string
	text            string
}

// texts is an object of strings; what is no string in it is left out.
type texts map[string]string

// UnmarshalJSON implements [json.Unmarshaler]; it never fails on valid JSON.
func (v *texts) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		return nil
	}
	*v = texts{}
	for name, value := range raw {
		var text string
		if json.Unmarshal(value, &text) == nil {
			(*v)[name] = text
		}
	}
	return nil
}

// manifestOf is the package.json of a directory; an empty one where it is missing or broken.
func manifestOf(t *tree.Tree, dir string) *manifest {
	p, _ := parse(t, dir) // broken: what could be read
	return p
}

// parse reads the package.json of a directory.
func parse(t *tree.Tree, dir string) (*manifest, error) {
	name := path.Join(dir, "package.json")
	return parseManifest(name, t.Text(name))
}

func parseManifest(name, text string) (*manifest, error) {
	p := &manifest{path: name, text: text}
	return p, json.Unmarshal([]byte(text), p)
}

var callsScript = lazyregexp.New(`^(?:npm (?:run|run-script) |npm (start)$|yarn (?:run )?|pnpm (?:run )?|bun run )([\w:.-]*)$`)

// script is what a script runs in the end, where it only calls another.
func (p *manifest) script(name string) string {
	text := strings.TrimSpace(p.Scripts[name])
	for range 5 { // texts may call each other in a circle
		match := callsScript.FindStringSubmatch(text)
		if match == nil || p.Scripts[match[1]+match[2]] == "" {
			break
		}
		text = strings.TrimSpace(p.Scripts[match[1]+match[2]])
	}
	return text
}

// needs is the version of a dependency of any kind, and whether there is one.
func (p *manifest) needs(name string) (version string, found bool) {
	if version, found = p.Dependencies[name]; !found {
		version, found = p.DevDependencies[name]
	}
	return version, found
}

// needsOneOf is the first of the names that is a dependency, or empty.
func (p *manifest) needsOneOf(names ...string) string {
	for _, name := range names {
		if _, found := p.needs(name); found {
			return name
		}
	}
	return ""
}

// at is the evidence of a key in the file.
func (p *manifest) at(key, text string) tree.Evidence {
	e := tree.Evidence{File: p.path, Text: text}
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

// text of a raw field that may also be something else.
func rawText(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // not a string: empty
	return text
}

// wants is what a package.json says of a package.
func wants(read func(string) string, name string) (versions string, found bool) {
	return stack.WantedInJSON(read("package.json"), name, "dependencies", "devDependencies")
}
