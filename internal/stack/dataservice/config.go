package dataservice

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// anySQL is the database whose driver the program has, where settings say no more.
const anySQL = "sql"

// configName is the name of a file in which a program of Go, Rust or Node.js keeps its own settings.
var configName = lazyregexp.New(`^(?:app_?settings|settings|config(?:uration|\.(?:dev|local))?|default|development|local|base|dev|app)\.(?:toml|ya?ml|json)$`)

// configClues are the data services of a program's own settings, such as
//
//	[database]
//	host = "localhost"
func configClues(file tree.File) []Clue {
	if !configName.MatchString(path.Base(file.Path)) {
		return nil
	}
	var clues []Clue
	flat := map[string]string{}
	for _, s := range settingsIn(file) {
		m, ok := classify(strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(s.name)))
		if !ok || strings.Contains(s.value, "${") || m.General && !slices.Contains(m.Services, "postgres") {
			continue
		}
		service := m.Services[0]
		if m.General {
			service = anySQL
		}
		if Lookup(service) != nil && Lookup(service).IgnoreURLs {
			continue
		}
		i := slices.IndexFunc(clues, func(c Clue) bool { return c.Service == service })
		if i < 0 {
			clues = append(clues, Clue{Service: service, Literal: true, Evidence: file.At(place(file.Text, s.name), s.name)})
			i = len(clues) - 1
		}
		if m.Part == PartDriver && ofDialect(s.value) != "" {
			flat[service] = ofDialect(s.value)
		}
		clues[i].Address.take(m.Part, s.value)
	}
	for i, c := range clues {
		if named, ok := flat[c.Service]; ok {
			clues[i].Service = named
		}
		clues[i].Fixed = c.Address.Host != ""
	}
	return clues
}

// place is where a text has a name: each part of it after the one above.
func place(text, name string) int {
	at := 0
	for part := range strings.SplitSeq(name, ".") {
		at += max(0, strings.Index(text[at:], part))
	}
	return at
}

// take takes a part of an address, the first of each.
func (a *Address) take(part Part, value string) {
	switch part {
	case PartURL:
		if whole, ok := parseAddress(value); ok && a.Host == "" {
			*a = whole
		}
	case PartHost, PartAddress:
		host, port, _ := strings.Cut(value, ":")
		a.set("host", host)
		a.set("port", port)
	default:
		a.set(strings.ToLower(string(part)), value)
	}
}

// setting is a value in a file, with the names above it.
type setting struct{ name, value string }

// settingsIn are the values of a file in TOML, YAML or JSON, sorted by name.
func settingsIn(file tree.File) []setting {
	var all []setting
	if path.Ext(file.Path) == ".toml" {
		var root map[string]any
		if toml.Unmarshal([]byte(file.Text), &root) == nil {
			all = below(root, "", 6)
		}
	} else {
		flatten(document(file.Text), "", 6, func(name string, node *yaml.Node) { all = append(all, setting{name, node.Value}) })
	}
	slices.SortStableFunc(all, func(a, b setting) int { return strings.Compare(a.name, b.name) })
	return all[:min(len(all), maxClues)]
}

func below(table map[string]any, prefix string, depth int) []setting {
	var all []setting
	for name, value := range table {
		name = strings.TrimPrefix(prefix+"."+name, ".")
		switch value := value.(type) {
		case map[string]any:
			if depth > 0 {
				all = append(all, below(value, name, depth-1)...)
			}
		case string, int64:
			all = append(all, setting{name, fmt.Sprint(value)})
		}
	}
	return all
}
