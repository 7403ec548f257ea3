package egress

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// pipKeys are the settings that mean the same on another machine.
var pipKeys = []string{"index-url", "extra-index-url", "trusted-host", "index", "timeout", "retries", "proxy"}

// pipVariables are the variables that set them, which beat every file.
var pipVariables = map[string]string{
	"PIP_INDEX_URL":       "index-url",
	"PIP_EXTRA_INDEX_URL": "extra-index-url",
	"PIP_TRUSTED_HOST":    "trusted-host",
	"PIP_DEFAULT_TIMEOUT": "timeout",
	"PIP_TIMEOUT":         "timeout",
	"PIP_RETRIES":         "retries",
	"PIP_PROXY":           "proxy",
}

// pipConfig is section -> key -> value, keys as pip spells them in files.
type pipConfig map[string]map[string]string

// pipSettings are the settings that count, and where each comes from.
type pipSettings struct {
	values pipConfig
	source map[[2]string]string // section and key -> the file or variable, as users name it
}

// pip merges pip's files and variables into one file, as pip itself would, and
// returns the CA bundle that they name.
func (m machine) pip(s *Settings) configured {
	merged := pipSettings{pipConfig{}, map[[2]string]string{}}
	cert := configured{}
	for _, path := range m.pipFiles() {
		data, err := m.readFile(path)
		if err != nil {
			continue
		}
		config, bad := parseINI(data)
		if bad > 0 {
			s.note(fmt.Sprintf("%s line %d is not understood; the rest of the file is used", path, bad))
		}
		if named := config["global"]["cert"]; named != "" {
			cert = configured{path, named}
		}
		merged.take(config, m.shown(path))
	}
	for _, name := range slices.Sorted(maps.Keys(pipVariables)) {
		if value := m.env(name); value != "" {
			for _, values := range merged.values {
				delete(values, pipVariables[name])
			}
			merged.set("global", pipVariables[name], value, name)
		}
	}
	merged.values.dropLoopback(s)
	client := Client{Name: "pip", File: "devup-pip.conf", Target: pipPath, Variable: "PIP_CONFIG_FILE", Parts: merged.parts(s)}
	if len(client.Parts) > 0 {
		s.Clients = append(s.Clients, client)
	}
	return cert
}

func (m machine) pipFiles() []string {
	explicit := m.env("PIP_CONFIG_FILE")
	if explicit == "/dev/null" || strings.EqualFold(explicit, "nul") {
		return nil
	}
	var files []string
	switch m.goos {
	case "windows":
		files = []string{
			filepath.Join(m.env("ProgramData"), "pip", "pip.ini"),
			filepath.Join(m.home, "pip", "pip.ini"),
			filepath.Join(m.env("APPDATA"), "pip", "pip.ini"),
		}
	default:
		files = []string{"/etc/xdg/pip/pip.conf", "/etc/pip.conf", filepath.Join(m.home, ".pip", "pip.conf"), filepath.Join(m.configDir(), "pip", "pip.conf")}
		if m.goos == "darwin" {
			files = append([]string{"/Library/Application Support/pip/pip.conf"}, append(files, filepath.Join(m.home, "Library/Application Support/pip/pip.conf"))...)
		}
	}
	if explicit != "" {
		files = append(files, explicit)
	}
	return files
}

// take overrides with what is meant for other machines too.
func (p pipSettings) take(other pipConfig, source string) {
	for section, values := range other {
		for key, value := range values {
			if slices.Contains(pipKeys, key) {
				p.set(section, key, value, source)
			}
		}
	}
}

func (p pipSettings) set(section, key, value, source string) {
	p.values.set(section, key, value)
	p.source[[2]string{section, key}] = source
}

func (c pipConfig) set(section, key, value string) {
	if c[section] == nil {
		c[section] = map[string]string{}
	}
	c[section][key] = value
}

// dropLoopback takes out the addresses that a container cannot reach.
func (c pipConfig) dropLoopback(s *Settings) {
	for _, section := range slices.Sorted(maps.Keys(c)) {
		for _, key := range pipAddresses {
			value, ok := c[section][key]
			if !ok {
				continue
			}
			reachable := slices.DeleteFunc(strings.Fields(value), isLoopback)
			if len(reachable) < len(strings.Fields(value)) {
				s.note(onLoopback("pip's " + key))
			}
			if c[section][key] = strings.Join(reachable, "\n"); len(reachable) == 0 {
				delete(c[section], key)
			}
		}
	}
}

// parts are the file in pip's format, or nothing when nothing is set.
func (p pipSettings) parts(s *Settings) []Part {
	var parts []Part
	add := func(text string) { parts = append(parts, Part{Text: text}) }
	for _, section := range slices.Sorted(maps.Keys(p.values)) {
		if len(p.values[section]) == 0 {
			continue
		}
		add("[" + section + "]\n")
		for _, key := range slices.Sorted(maps.Keys(p.values[section])) {
			between := key + " = "
			for value := range strings.SplitSeq(p.values[section][key], "\n") {
				add(between)
				parts = append(parts, s.pipPart(key, value, p.source[[2]string{section, key}]))
				between = "\n    "
			}
			add("\n")
		}
	}
	return parts
}

// pipAddresses are the settings that are addresses.
var pipAddresses = []string{"index-url", "extra-index-url", "index", "proxy"}

// pipPart is one value of a setting. What pip's configuration names it also uses.
func (s *Settings) pipPart(key, value, source string) Part {
	public, secret := withoutUser(value)
	if !secret || !slices.Contains(pipAddresses, key) {
		return Part{Text: value}
	}
	c := Credential{Client: "pip", Kind: "password", Registry: location(public), Sources: []string{source}, Configured: true}
	if key == "proxy" {
		c.Client = AnyClient
	}
	return Part{Text: public, Secret: value, Credential: s.found(c)}
}

// parseINI reads the format of Python's configparser as far as pip files use
// it: sections, "key = value", "key: value", indented continuation lines and
// comments. bad is the first line of another kind, 0 if there is none.
func parseINI(data []byte) (config pipConfig, bad int) {
	config = pipConfig{}
	section, key := "", ""
	for i, line := range strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		line = strings.TrimRight(line, " \t\r")
		text := strings.TrimLeft(line, " \t")
		switch {
		case text == "" || text[0] == '#' || text[0] == ';':
		case text != line && key != "":
			config.set(section, key, strings.TrimPrefix(config[section][key]+"\n"+text, "\n"))
		case text[0] == '[' && strings.HasSuffix(text, "]"):
			section, key = strings.TrimSpace(text[1:len(text)-1]), ""
		default:
			at := strings.IndexAny(text, "=:")
			if at <= 0 || section == "" {
				key = ""
				if bad == 0 {
					bad = i + 1
				}
				continue
			}
			key = strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text[:at])), "_", "-"), "--")
			config.set(section, key, strings.TrimSpace(text[at+1:]))
		}
	}
	return config, bad
}

// pipIndex is the index of pip's settings; the zero value where they name none.
func pipIndex(clients []Client) Part {
	for _, c := range clients {
		for i, part := range c.Parts {
			if c.Name == "pip" && part.Text == "index-url = " && i+1 < len(c.Parts) {
				return c.Parts[i+1]
			}
		}
	}
	return Part{}
}
