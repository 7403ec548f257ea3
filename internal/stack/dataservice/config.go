package dataservice

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// anySQL is the database whose driver the program has, where settings say no more.
const anySQL = "sql"

// configName is the name of a file in which a program of Go, Rust or Node.js keeps its own settings.
var configName = lazyregexp.New(`(?i)^(?:app_?settings|settings?|config(?:uration|\.(?:dev|local))?|default|development|local|base|dev|app)\.(?:toml|ya?ml|json)$`)

// configClues are the data services of a program's own settings.
func configClues(file tree.File) []Clue {
	if !configName.MatchString(path.Base(file.Path)) {
		return nil
	}
	var clues []Clue
	kinds := map[string]string{} // of the services of which a driver says it
	for _, s := range settingsIn(file) {
		m, ok := classify(strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(s.name)))
		if !ok || strings.ContainsAny(s.value, " {") || m.General && !slices.Contains(m.Services, "postgres") {
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
			kinds[service] = ofDialect(s.value)
		}
		clues[i].Address.take(m.Part, s.value)
	}
	for i, c := range clues {
		if named, ok := kinds[c.Service]; ok {
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

var (
	hostKey = lazyregexp.New(`(?i)["']?\b(?:host["']?\s*:\s*["'][^"'\n]+|url["']?\s*:\s*["'][\w.-]+)["']`)
	// databaseKey is a field that only a database has, where a server has a name, too.
	databaseKey = lazyregexp.New(`(?i)\b(?:database|db(?:_?name)?)["']?\s*:`)
	// ofSettings is what stands in front of an object of settings, in a file that only holds them.
	ofSettings = lazyregexp.New(`(?i)(?:\bexport\s+default|\b\w*(?:config|db|database|conn\w*|options|settings|exports(?:\.\w+)?)(?:\s*:\s*\w+)?\s*=|["']?\b(?:db|database|mysql|mariadb|postgres|postgresql|pg|sql|mongo|mongodb)["']?\s*:)\s*$`)
)

// objectClues read the address of a database in an object of settings that code elsewhere
// connects with: module.exports = {HOST: "localhost", USER: "root", DB: "shop"}. Known are the
// clues of code in the file that connects with literals itself.
func objectClues(file tree.File, known []Clue) []Clue {
	if slices.ContainsFunc(known, func(c Clue) bool { return c.Address.Host != "" }) {
		return nil
	}
	var clues []Clue
	for _, m := range hostKey.FindAllStringSubmatchIndex(file.Text, 8) {
		start := openedBy(file.Text, m[0])
		if start < 0 || !ofSettings.MatchString(file.Text[max(0, start-200):start]) {
			continue
		}
		block := argumentsOf(file.Text[start:])
		address := opener{}.address("", block)
		service := dialectIn(block)
		isDatabase := service != "" || address.User != "" || databaseKey.MatchString(block)
		switch {
		case address.Host == "" || address.Name == "" || !isDatabase || service == SQLite:
			continue
		case service == "" && address.Port == Lookup("mongo").Port:
			service = "mongo"
		case service == "":
			service = anySQL
		}
		clues = append(clues, Clue{Service: service, Address: address, Fixed: true, Literal: true, Evidence: file.At(m[0], "host: "+address.Host)})
	}
	return clues
}

// openedBy is where the object begins that holds an offset; -1 for none within reach.
func openedBy(text string, at int) int {
	depth := 0
	for i := at - 1; i >= max(0, at-1000); i-- {
		switch text[i] {
		case '}':
			depth++
		case '{':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return -1
}

var bareName = lazyregexp.New(`[(,{:=]\s*([A-Za-z_]\w*)\s*[,)}]`)

// withConstants has literals in the place of the names among the arguments that the same file
// gives one, as in new Sequelize(database, user, password). A name alone in an object is its key
// too.
func withConstants(block string, constants func() Constants) string {
	var replaced strings.Builder
	done := 0
	for m := bareName.FindStringSubmatchIndex(block); m != nil; m = after(bareName, block, m[3]) {
		value := constants().text(block[m[2]:m[3]])
		if strings.Contains(value, unknown) {
			continue
		}
		replaced.WriteString(block[done:m[2]])
		before := block[:m[2]]
		if opens := strings.TrimSpace(before); !strings.ContainsAny(opens[len(opens)-1:], ":=(") && strings.Count(before, "{") > strings.Count(before, "}") {
			replaced.WriteString(block[m[2]:m[3]] + ": ")
		}
		replaced.WriteString(strconv.Quote(value))
		done = m[3]
	}
	return replaced.String() + block[done:]
}

// after is the first match behind an offset.
func after(pattern *lazyregexp.Regexp, text string, offset int) []int {
	m := pattern.FindStringSubmatchIndex(text[offset:])
	for i := range m {
		m[i] += offset
	}
	return m
}
