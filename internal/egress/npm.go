package egress

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// npmKeys are npm's settings about the network that mean the same on another
// machine; those of a scope or of a registry's address are in [keepNPM].
var npmKeys = []string{
	"registry", "strict-ssl", "proxy", "https-proxy", "noproxy", "always-auth", "ca", "ca[]",
	"_auth", "_authToken", "username", "_password", "email",
	"fetch-retries", "fetch-retry-factor", "fetch-retry-mintimeout", "fetch-retry-maxtimeout", "fetch-timeout", "maxsockets",
}

// npmLogin are those of npmKeys that are a login at the default registry.
var npmLogin = []string{"_auth", "_authToken", "username", "_password", "email"}

// npmVariables set a key, as npm_config_<key> in either case.
var npmVariables = []string{"registry", "strict-ssl", "proxy", "https-proxy", "noproxy", "fetch-retries", "fetch-timeout"}

var npmReference = lazyregexp.New(`\$\{([^}?]+)(\?)?\}`)

// npmDefault is the registry of npm where nothing else is configured.
const npmDefault = "registry.npmjs.org"

type npmLine struct {
	key, value string
	source     string // the file or variable, as users name it
}

// npm merges npm's files and variables into one .npmrc and returns the CA
// bundle that they name.
func (m machine) npm(s *Settings) configured {
	lines, cafile := m.npmLines(s)
	client := Client{Name: "npm", File: "devup-npmrc", Target: npmPath, Variable: "NPM_CONFIG_USERCONFIG"}
	lines = slices.DeleteFunc(lines, func(line npmLine) bool {
		unreachable := isAddress(line.key) && isLoopback(line.value)
		if unreachable {
			s.note(onLoopback("npm's " + publicKey(line.key)))
		}
		return unreachable
	})
	registries := npmRegistries(lines)
	for _, line := range lines {
		if kind := npmSecrets[lastName(line.key)]; kind != "" {
			registry := npmRegistryOf(line.key, registries)
			s.found(Credential{
				Client: "npm", Kind: kind, Registry: registry, Sources: []string{line.source},
				Configured: slices.ContainsFunc(registries, func(r string) bool { return covers(registry, r) }),
			})
		}
	}
	for _, line := range lines {
		client.Parts = append(client.Parts, s.npmPart(line, registries))
	}
	if len(client.Parts) > 0 {
		s.Clients = append(s.Clients, client)
	}
	return cafile
}

// npmSecrets are the keys of secrets, for all registries or for one, and what they are.
var npmSecrets = map[string]string{"_authToken": "token", "_auth": "password", "_password": "password"}

// npmRegistries are the registries that the lines configure, the default one first.
func npmRegistries(lines []npmLine) []string {
	var registries []string
	for _, line := range lines {
		switch address, _ := withoutUser(line.value); {
		case line.key == "registry":
			registries = slices.Insert(registries, 0, address)
		case strings.HasSuffix(line.key, ":registry"):
			registries = append(registries, address)
		}
	}
	if !slices.ContainsFunc(lines, func(l npmLine) bool { return l.key == "registry" }) {
		registries = slices.Insert(registries, 0, "") // npm's own, which is not configured
	}
	return registries
}

// npmRegistryOf is the registry that the key of a login is for.
func npmRegistryOf(key string, registries []string) string {
	switch {
	case strings.HasPrefix(key, "//"):
		return location(strings.TrimSuffix(key, ":"+lastName(key)))
	case registries[0] != "":
		return location(registries[0])
	default:
		return npmDefault
	}
}

// npmPart is a line of the file.
func (s *Settings) npmPart(line npmLine, registries []string) Part {
	text := line.key + "=" + line.value + "\n"
	switch {
	case isAddress(line.key):
		public, secret := withoutUser(line.value)
		if !secret {
			return Part{Text: text}
		}
		c := Credential{Client: "npm", Kind: "password", Registry: location(public), Sources: []string{line.source}, Configured: true}
		if strings.HasSuffix(line.key, "proxy") {
			c.Client = AnyClient
		}
		return Part{Text: line.key + "=" + public + "\n", Secret: text, Credential: s.found(c)}
	case strings.HasPrefix(line.key, "//") || slices.Contains(npmLogin, line.key):
		registry := npmRegistryOf(line.key, registries)
		at := slices.IndexFunc(s.Credentials, func(c Credential) bool { return c.Client == "npm" && c.Registry == registry })
		return Part{Secret: text, Credential: at + 1}
	default:
		return Part{Text: text}
	}
}

// npmLines are the lines that count, of all files and variables.
func (m machine) npmLines(s *Settings) (lines []npmLine, cafile configured) {
	for _, path := range m.npmFiles() {
		data, err := m.readFile(path)
		if err != nil {
			continue
		}
		for _, line := range parseNPM(data) {
			value, unset := m.expand(line.value)
			switch {
			case unset != "" && (line.key == "cafile" || keepNPM(line.key)):
				s.note(fmt.Sprintf("%s sets %s from the variable %s, which is not set: it is left out", path, publicKey(line.key), unset))
			case line.key == "cafile":
				cafile = configured{path, value}
			case keepNPM(line.key):
				lines = replaceLine(lines, npmLine{line.key, value, m.shown(path)})
			}
		}
	}
	for _, key := range npmVariables {
		name := "npm_config_" + strings.ReplaceAll(key, "-", "_")
		if value := m.env(strings.ToUpper(name), name); value != "" {
			lines = replaceLine(lines, npmLine{key, value, strings.ToUpper(name)})
		}
	}
	if path := m.env("npm_config_cafile", "NPM_CONFIG_CAFILE"); path != "" {
		cafile = configured{"NPM_CONFIG_CAFILE", path}
	}
	return lines, cafile
}

// npmFiles are the machine's file and the user's, in this order.
func (m machine) npmFiles() []string {
	global := m.env("npm_config_globalconfig", "NPM_CONFIG_GLOBALCONFIG")
	user := cmp.Or(m.env("npm_config_userconfig", "NPM_CONFIG_USERCONFIG"), filepath.Join(m.home, ".npmrc"))
	switch {
	case global != "":
		return []string{global, user}
	case m.goos == "windows":
		return []string{filepath.Join(m.env("APPDATA"), "npm", "etc", "npmrc"), user}
	default:
		return []string{"/etc/npmrc", "/usr/local/etc/npmrc", user}
	}
}

// parseNPM reads the lines "key = value" of an .npmrc; a line without = is a
// switch that is on. Sections do not occur in it.
func parseNPM(data []byte) []npmLine {
	var lines []npmLine
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' || line[0] == '[' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			value = "true"
		}
		lines = append(lines, npmLine{key: strings.TrimSpace(key), value: unquote(strings.TrimSpace(value))})
	}
	return lines
}

// unquote takes the quotes off: npm writes none, people do.
func unquote(value string) string {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		// "\n" inside quotes (an inline CA) is kept as it is: quotes are needed then.
		if !strings.Contains(value, `\`) {
			return value[1 : n-1]
		}
	}
	return value
}

// expand replaces ${NAME}; unset is the name of a variable that is not set.
func (m machine) expand(value string) (expanded, unset string) {
	expanded = npmReference.ReplaceAllStringFunc(value, func(reference string) string {
		parts := npmReference.FindStringSubmatch(reference)
		found, ok := m.lookupEnv(parts[1])
		if !ok && parts[2] == "" {
			unset = parts[1]
		}
		return found
	})
	return expanded, unset
}

func keepNPM(key string) bool {
	switch {
	case strings.HasPrefix(key, "//"):
		return slices.Contains([]string{"_authToken", "_auth", "username", "_password", "email", "always-auth"}, lastName(key))
	case strings.HasPrefix(key, "@"):
		return strings.HasSuffix(key, ":registry")
	default:
		return slices.Contains(npmKeys, key)
	}
}

func isAddress(key string) bool {
	return key == "registry" || key == "proxy" || key == "https-proxy" || strings.HasSuffix(key, ":registry")
}

// publicKey is a key as it may be shown: of a registry's address only the name.
func publicKey(key string) string {
	if strings.HasPrefix(key, "//") {
		return lastName(key)
	}
	return key
}

// lastName is what follows the last colon: _authToken of //host:8080/:_authToken.
func lastName(key string) string { return key[strings.LastIndexByte(key, ':')+1:] }

// replaceLine appends the line, in place of an earlier one of the same key; the
// key "ca[]" may occur many times.
func replaceLine(lines []npmLine, line npmLine) []npmLine {
	if !strings.HasSuffix(line.key, "[]") {
		lines = slices.DeleteFunc(lines, func(l npmLine) bool { return l.key == line.key })
	}
	return append(lines, line)
}
