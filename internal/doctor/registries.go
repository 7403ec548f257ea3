package doctor

import (
	"slices"
	"strings"
)

// Registries gives the package registries that configuration files of npm
// (.npmrc) and pip (pip.conf) name, each once. A client for which none is named
// uses its own default, which is not checked: it is the client's to know.
func Registries(npmrc, pipConf []byte) []Registry {
	var found []Registry
	add := func(name, address string) {
		one := Registry{Name: name, URL: address}
		if address != "" && !slices.Contains(found, one) {
			found = append(found, one)
		}
	}
	for key, value := range assignments(npmrc) {
		if key == "registry" || (strings.HasPrefix(key, "@") && strings.HasSuffix(key, ":registry")) {
			add("npm", value)
		}
	}
	for key, value := range assignments(pipConf) {
		switch strings.ReplaceAll(key, "_", "-") {
		case "index-url":
			add("pip", value)
		case "extra-index-url":
			for address := range strings.FieldsSeq(value) {
				add("pip", address)
			}
		}
	}
	return found
}

// assignments are the key=value lines of an INI file, whatever their section.
func assignments(ini []byte) func(yield func(key, value string) bool) {
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(string(ini)) {
			line = strings.TrimSpace(line)
			key, value, ok := strings.Cut(line, "=")
			if !ok || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
				continue
			}
			if !yield(strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`)) {
				return
			}
		}
	}
}
