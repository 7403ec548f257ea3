package dataservice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Address is where a data service is, as a URL or a connection string says it.
type Address struct {
	Scheme string // with a driver: "postgresql+asyncpg", "jdbc:mysql"; empty in a connection string
	Login
	Host  string
	Port  int // 0 for the usual
	Query string
}

var (
	urlPattern = lazyregexp.New(`^((?:jdbc:|r2dbc:)?[a-zA-Z][a-zA-Z0-9+]*)://(?:([^:@/\s]*)(?::([^/\s]*))?@)?(\[[0-9a-fA-F:]+\]|\$\{[^}]*\}|[^:/?;\s,@]*)(?::(\d{1,5}|\$\{[^}]*\}))?(?:,[^/?;\s]*)?(?:/([^?;\s]*))?([?;]\S*)?$`)
	goDSN      = lazyregexp.New(`^([^:@/\s]+):([^/\s]*)@tcp\(([^:()\s]+)(?::(\d{1,5}))?\)/([^?\s]*)(\?\S*)?$`)
	fieldPair  = lazyregexp.New(`(?i)(?:^|[;\s])\s*(host|server|data source|port|user id|user|username|uid|password|pwd|dbname|databasename|database|initial catalog)\s*=\s*([^;\s]*)`)
)

// parseAddress reads a URL with the scheme of a data service, or a connection string of Go's
// MySQL driver, of libpq or of .NET.
func parseAddress(text string) (Address, bool) {
	text = strings.TrimSpace(text)
	if m := urlPattern.FindStringSubmatch(text); m != nil {
		if ofScheme(m[1]) == nil {
			return Address{}, false
		}
		port, _ := strconv.Atoi(m[5])
		return Address{Scheme: m[1], Login: Login{decoded(m[2]), decoded(m[3]), m[6]}, Host: m[4], Port: port, Query: m[7]}, true
	}
	if m := goDSN.FindStringSubmatch(text); m != nil {
		port, _ := strconv.Atoi(m[4])
		return Address{Login: Login{m[1], m[2], m[5]}, Host: m[3], Port: port, Query: m[6]}, true
	}
	return parseFields(text)
}

// parseFields reads "host=localhost user=app dbname=app" and "Server=localhost;Database=app".
func parseFields(text string) (a Address, ok bool) {
	named := false
	for _, m := range fieldPair.FindAllStringSubmatch(text, -1) {
		value := strings.Trim(m[2], `"'`)
		switch strings.ToLower(m[1]) {
		case "host", "server", "data source":
			a.Host, ok = value, true
			if host, port, found := strings.Cut(value, ","); found { // SQL Server's
				a.Host = host
				a.Port, _ = strconv.Atoi(port)
			}
		case "port":
			a.Port, _ = strconv.Atoi(value)
		case "user", "username", "user id", "uid":
			a.User, named = value, true
		case "password", "pwd":
			a.Password, named = value, true
		default:
			a.Name, named = value, true
		}
	}
	return a, ok && named
}

// decoded is a text of a URL without its %-encoding, as far as that is valid.
func decoded(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if n, err := strconv.ParseUint(text[i+1:min(len(text), i+3)], 16, 8); text[i] == '%' && i+2 < len(text) && err == nil {
			b.WriteByte(byte(n))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// here are names of this machine, also inside of a container.
var here = []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1", "host.docker.internal", "docker.for.mac.localhost"}

// IsHere says whether a host is this machine.
func IsHere(host string) bool { return slices.Contains(here, strings.ToLower(host)) }

var hostName = lazyregexp.New(`^[a-z][a-z0-9_-]*$`)

// isServiceName says whether a host is the name of a service in the same network, as in
// "db", and no machine of the internet, this machine, or a placeholder.
func isServiceName(host string) bool {
	return hostName.MatchString(host) && !IsHere(host) && !isPlaceholder(host)
}

// isElsewhere says whether a host is a machine of the internet that a user really has. text is
// what holds the host.
func isElsewhere(host, text string) bool {
	return strings.Contains(host, ".") && !IsHere(host) && !isPlaceholder(host) && !isPlaceholder(text)
}

var placeholders = lazyregexp.New(`(?i)[<>{}$\[\]()*]|%[sdv]|your|example|change|placeholder|xxx|^my[-_]?(?:host|server)$|^host(?:name)?$|^(?:db_?)?(?:user|username|password|pass|name|dbname)$|^(?:none|null|\.+)$`)

// isPlaceholder says whether a text stands for what the user has to write there.
func isPlaceholder(text string) bool {
	return text == "" || text == "TODO" || text == "TO-DO" || placeholders.MatchString(text)
}

var plainCredential = lazyregexp.New(`^[A-Za-z0-9_.!@#%^*+=~-]{1,64}$`)

// isCredential says whether a text can be the user, the password or the name of a database
// of a data service.
func isCredential(text string) bool { return plainCredential.MatchString(text) && !isPlaceholder(text) }

var stands = lazyregexp.New(`(?i)%[sdv]|^(?:none|null|\.+)$`)

// isWritten says whether a text in code is the user, the password or the name of a database, though it
// reads like a placeholder: a program that connects with "password" does so.
func isWritten(text string) bool {
	return plainCredential.MatchString(text) && !stands.MatchString(text)
}

// Text fills in a template for the address. In a URL, the login is escaped.
func (a Address) Text(template string) string {
	if strings.Contains(template, "://") {
		login := ""
		if a.User != "" {
			login = escaped(a.User) + ":" + escaped(a.Password) + "@"
		}
		template = strings.ReplaceAll(template, "{login}", login)
		a.User, a.Password = escaped(a.User), escaped(a.Password)
	}
	return a.plain(template)
}

func (a Address) plain(template string) string {
	return strings.NewReplacer(
		"{scheme}", a.Scheme, "{user}", a.User, "{password}", a.Password, "{host}", a.Host, "{port}", strconv.Itoa(a.Port), "{name}", a.Name,
	).Replace(template)
}

// escaped is a text as a URL's login and name have it. References stay.
func escaped(text string) string {
	withDefault := func(name, rest string) string {
		text := strings.TrimLeft(rest, ":-")
		return "${" + name + rest[:len(rest)-len(text)] + percented(text) + "}"
	}
	return eachReference(text, withDefault, percented)
}

func percented(text string) string {
	const plain = "-._~"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(plain, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// hostOf is the host in a value: of a URL of any kind, or alone, also with a port.
func hostOf(text string) string {
	if a, ok := parseAddress(text); ok {
		return a.Host
	}
	if _, rest, found := strings.Cut(text, "://"); found {
		text = rest
	}
	text, _, _ = strings.Cut(text, "/")
	text = text[strings.LastIndexByte(text, '@')+1:]
	text, _, _ = strings.Cut(text, ",")
	text, _, _ = strings.Cut(text, ":")
	return text
}

// Stripped is an address on the internet, where a service of the same kind can run here, as an example
// has it: without a login. It is not ok for any other value of a variable.
func Stripped(name, text string) (example string, ok bool) {
	if !isElsewhere(hostOf(text), text) {
		return "", false
	}
	if a, isURL := parseAddress(text); isURL && a.Scheme != "" {
		of := ofScheme(a.Scheme)
		return a.Scheme + "://" + a.Host + "/" + a.Name, of.Group != Other && !of.IgnoreURLs
	}
	m, known := classify(name)
	return text, known && (m.Part == PartHost || m.Part == PartAddress) && !strings.Contains(text, "://") && Lookup(m.Services[0]).Group != Other
}
