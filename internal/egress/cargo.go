package egress

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// cargoPath is in a directory above every source: cargo looks for its settings in all of them,
// and knows no variable for a file.
const cargoPath = "/.cargo/config.toml"

// cargoKeys are the settings that mean the same on another machine, by section. Tokens and keys
// of registries, and the programs that supply them, are none.
var cargoKeys = map[string][]string{
	"http":     {"proxy", "timeout", "check-revoke", "ssl-version", "ssl-version.min", "ssl-version.max", "low-speed-limit", "multiplexing", "user-agent"},
	"net":      {"retry", "git-fetch-with-cli", "offline", "ssh.known-hosts"},
	"registry": {"default"},
}

// cargoTableKeys are those of the tables of a section, such as [registries.NAME].
var cargoTableKeys = map[string][]string{
	"registries": {"index", "protocol"},
	"source":     {"replace-with", "registry", "local-registry", "directory", "git", "branch", "tag", "rev"},
}

// cargoAddresses are the settings that are addresses.
var cargoAddresses = []string{"index", "registry", "git", "proxy"}

// cargo takes the sources, registries and network settings of the user's config.toml, and the
// tokens of registries there and in credentials.toml. It returns the CA bundle that they name.
func (m machine) cargo(s *Settings) configured {
	home := m.env("CARGO_HOME")
	if home == "" {
		home = filepath.Join(m.home, ".cargo")
	}
	config, file := m.cargoFile(s, home, "config")
	credentials, credentialsFile := m.cargoFile(s, home, "credentials")
	http, _ := config["http"].(map[string]any)
	cafile, _ := http["cainfo"].(string)

	client := Client{Name: "cargo", File: "devup-cargo.toml", Target: cargoPath}
	for _, section := range slices.Sorted(maps.Keys(cargoKeys)) {
		values, _ := config[section].(map[string]any)
		if text := tomlValues(values, cargoKeys[section]); text != "" {
			client.Parts = append(client.Parts, Part{Text: "[" + section + "]\n" + text})
		}
	}
	tokens := cargoTokens(config, m.shown(file))
	maps.Copy(tokens, cargoTokens(credentials, m.shown(credentialsFile))) // these come first
	for _, section := range slices.Sorted(maps.Keys(cargoTableKeys)) {
		named := tables(config[section])
		for _, name := range slices.Sorted(maps.Keys(named)) {
			text := tomlValues(named[name], cargoTableKeys[section])
			if text == "" {
				continue
			}
			client.Parts = append(client.Parts, Part{Text: "[" + section + "." + tomlText(name) + "]\n" + text})
			address, _ := named[name]["index"].(string)
			if token, ok := tokens[name]; ok && section == "registries" && address != "" {
				client.Parts = append(client.Parts, token.part(s, address))
			}
		}
	}
	if len(client.Parts) > 0 {
		s.Clients = append(s.Clients, client)
	}
	return configured{m.shown(file), cafile}
}

// cargoLogin is a token, and the file that holds it, as users name it.
type cargoLogin struct{ token, source string }

// part is the line with the token in the table of its registry.
func (l cargoLogin) part(s *Settings, address string) Part {
	public, _ := withoutUser(address)
	c := Credential{Client: "cargo", Kind: "token", Registry: location(public), Sources: []string{l.source}, Configured: true}
	return Part{Secret: "token = " + tomlText(l.token) + "\n", Credential: s.found(c)}
}

// cargoTokens are the tokens of a file by the name of their registry.
func cargoTokens(config map[string]any, source string) map[string]cargoLogin {
	all := map[string]cargoLogin{}
	for name, values := range tables(config["registries"]) {
		if token, _ := values["token"].(string); token != "" {
			all[name] = cargoLogin{token, source}
		}
	}
	return all
}

// tomlValues are the lines of a table for these of its keys, without the logins in addresses.
func tomlValues(values map[string]any, keys []string) string {
	var lines strings.Builder
	for _, key := range keys {
		value := values[key]
		if table, inner, ok := strings.Cut(key, "."); ok {
			in, _ := values[table].(map[string]any)
			value = in[inner]
		}
		if address, ok := value.(string); ok && slices.Contains(cargoAddresses, key) {
			value, _ = withoutUser(address)
		}
		if isPlain(value) {
			lines.WriteString(key + " = " + tomlText(value) + "\n")
		}
	}
	return lines.String()
}

// isPlain reports whether a value of TOML is on one line: no table and no time.
func isPlain(value any) bool {
	switch value := value.(type) {
	case string, bool, int64, float64:
		return true
	case []any:
		return !slices.ContainsFunc(value, func(v any) bool { _, isText := v.(string); return !isText })
	default:
		return false
	}
}

func tomlText(value any) string {
	out, _ := toml.Marshal(map[string]any{"x": value}) // what is plain has a form
	return string(out[len("x = ") : len(out)-1])
}

// cargoFile reads a file of cargo's, which has an older name without an ending.
func (m machine) cargoFile(s *Settings, home, name string) (values map[string]any, file string) {
	for _, file = range []string{filepath.Join(home, name+".toml"), filepath.Join(home, name)} {
		data, err := m.readFile(file)
		if err != nil {
			continue
		}
		if err := toml.Unmarshal(data, &values); err != nil {
			s.note(m.shown(file) + " is not valid TOML: it is left out")
			return nil, file
		}
		return values, file
	}
	return nil, file
}

// tables are the tables in a table.
func tables(value any) map[string]map[string]any {
	all := map[string]map[string]any{}
	values, _ := value.(map[string]any)
	for name, v := range values {
		if table, ok := v.(map[string]any); ok {
			all[name] = table
		}
	}
	return all
}
