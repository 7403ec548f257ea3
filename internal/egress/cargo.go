package egress

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// cargoPath is in a directory above every source: cargo looks for its settings in all of them,
// and knows no variable for a file.
const cargoPath = "/.cargo/config.toml"

// cargo takes the sources, registries and network settings of the user's config.toml, and the
// tokens of credentials.toml. It returns the CA bundle that they name.
func (m machine) cargo(s *Settings) configured {
	home := m.env("CARGO_HOME")
	if home == "" {
		home = filepath.Join(m.home, ".cargo")
	}
	config, file := m.cargoFile(s, home, "config")
	kept := map[string]any{}
	for _, section := range []string{"source", "registries", "registry", "net", "http"} {
		if values, ok := config[section].(map[string]any); ok && len(values) > 0 {
			kept[section] = values
		}
	}
	cafile := ""
	if http, ok := kept["http"].(map[string]any); ok {
		cafile, _ = http["cainfo"].(string)
		delete(http, "cainfo")
		if proxy, ok := http["proxy"].(string); ok {
			http["proxy"], _ = withoutUser(proxy)
		}
	}
	addresses := publicAddresses(kept)
	client := Client{Name: "cargo", File: "devup-cargo.toml", Target: cargoPath}
	client.Parts = m.cargoTokens(s, home, addresses)
	if text, err := toml.Marshal(kept); err == nil && len(kept) > 0 {
		client.Parts = append(client.Parts, Part{Text: string(text)})
	}
	if len(client.Parts) > 0 {
		s.Clients = append(s.Clients, client)
	}
	return configured{m.shown(file), cafile}
}

// publicAddresses takes the credentials out of sources and registries, and gives the addresses
// by name.
func publicAddresses(kept map[string]any) map[string]string {
	addresses := map[string]string{}
	for _, section := range []string{"registries", "source"} {
		for name, values := range tables(kept[section]) {
			delete(values, "token")
			for _, key := range []string{"index", "registry"} {
				if address, ok := values[key].(string); ok {
					addresses[name], _ = withoutUser(address)
					values[key] = addresses[name]
				}
			}
		}
	}
	return addresses
}

// cargoTokens are the tokens of registries whose addresses are known.
func (m machine) cargoTokens(s *Settings, home string, addresses map[string]string) []Part {
	var parts []Part
	config, file := m.cargoFile(s, home, "credentials")
	registries := tables(config["registries"])
	for _, name := range slices.Sorted(maps.Keys(registries)) {
		token, _ := registries[name]["token"].(string)
		if token == "" || addresses[name] == "" {
			continue
		}
		c := Credential{Client: "cargo", Kind: "token", Registry: location(addresses[name]), Sources: []string{m.shown(file)}, Configured: true}
		parts = append(parts, Part{Secret: "registries." + name + ".token = " + tomlText(token) + "\n", Credential: s.found(c)})
	}
	return parts
}

func tomlText(text string) string {
	out, _ := toml.Marshal(map[string]string{"x": text}) // a text has a form
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
