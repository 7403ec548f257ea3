package egress

import (
	"cmp"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	// gradleName is a property of projects that a variable can have: ORG_GRADLE_PROJECT_name,
	// https://docs.gradle.org/current/userguide/project_properties.html.
	gradleName = lazyregexp.New(`^[A-Za-z_]\w*$`)
	// gradleLogin are names of properties that hold a login, and gradlePublish those of one that only
	// publishes.
	gradleLogin   = lazyregexp.New(`(?i)user|login|pass|pwd|token|secret|key|cred|auth`)
	gradlePublish = lazyregexp.New(`(?i)^(?:ossrh|sonatype|mavenCentral|signing|gradlePublish|publish)`)
)

// gradle takes the user's gradle.properties: the proxies of Gradle, where the environment names
// none, and the properties with which builds find a company's repositories, their logins apart.
// The settings of Gradle's own process and init scripts, which are code, are none.
func (m machine) gradle(s *Settings) {
	file := filepath.Join(cmp.Or(m.env("GRADLE_USER_HOME"), filepath.Join(m.home, ".gradle")), "gradle.properties")
	data, err := m.readFile(file)
	if err != nil {
		return
	}
	properties := parseProperties(string(data))
	if s.Proxy == nil {
		s.java = m.gradleProxies(s, properties, m.shown(file))
	}
	login := Credential{Client: "gradle", Kind: "password", Registry: "Gradle's repositories", Sources: []string{m.shown(file)}, Configured: true}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if address := properties[name]; gradleName.MatchString(name) && isURL(address) && !gradlePublish.MatchString(name) {
			public, _ := withoutUser(address)
			login.Registry = location(public)
			break
		}
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		value := properties[name]
		if !gradleName.MatchString(name) || gradlePublish.MatchString(name) {
			continue
		}
		v := Variable{Name: "ORG_GRADLE_PROJECT_" + name, Client: "gradle"}
		switch {
		case isURL(value):
			s.variable(v, []string{value}, m.shown(file))
		case gradleLogin.MatchString(name):
			v.Parts = []Part{{Secret: value, Credential: s.found(login)}}
			s.Variables = append(s.Variables, v)
		}
	}
}

func isURL(value string) bool {
	return strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://")
}

// gradleProxies are the proxies of the properties, without their passwords.
func (m machine) gradleProxies(s *Settings, properties map[string]string, file string) map[string]string {
	var all map[string]string
	for _, scheme := range []string{"http", "https"} {
		host, port := properties["systemProp."+scheme+".proxyHost"], properties["systemProp."+scheme+".proxyPort"]
		if host == "" {
			continue
		}
		address := "http://" + net.JoinHostPort(host, cmp.Or(port, "80"))
		if isLoopback(address) {
			s.note(onLoopback("the proxy of " + file))
			continue
		}
		all = put(all, strings.ToUpper(scheme)+"_PROXY", address)
	}
	if without := properties["systemProp.http.nonProxyHosts"]; without != "" && all != nil {
		all["NO_PROXY"] = strings.ReplaceAll(strings.ReplaceAll(without, "|", ","), "*.", ".")
	}
	return all
}

// parseProperties reads a file of properties, as java.util.Properties writes it.
func parseProperties(text string) map[string]string {
	all := map[string]string{}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimLeft(lines[i], " \t\f")
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		for strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, `\\`) && i+1 < len(lines) {
			i++
			line = strings.TrimSuffix(line, `\`) + strings.TrimLeft(lines[i], " \t\f")
		}
		name, value := property(line)
		all[unescapedProperty.Replace(name)] = unescapedProperty.Replace(value)
	}
	return all
}

// property divides a line at its first separator that no backslash stands in front of.
func property(line string) (name, value string) {
	for at := 0; at < len(line); at++ {
		switch {
		case line[at] == '\\':
			at++
		case strings.IndexByte("=: \t\f", line[at]) >= 0:
			value = strings.TrimLeft(line[at:], " \t\f")
			if value != "" && (value[0] == '=' || value[0] == ':') {
				value = strings.TrimLeft(value[1:], " \t\f")
			}
			return line[:at], value
		}
	}
	return line, ""
}

var unescapedProperty = strings.NewReplacer(`\\`, `\`, `\:`, ":", `\=`, "=", `\ `, " ", `\#`, "#", `\!`, "!", `\t`, "\t", `\n`, "\n")
