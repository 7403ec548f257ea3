package stack

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// usualValues are values that do for development, by the name of the variable. Those that are
// only for a start are set where the program does not start without them.
var usualValues = []struct {
	name    *lazyregexp.Regexp
	value   string
	number  string // where the program reads a number; empty for value
	onStart bool
	ending  string // of the sources that understand it; empty for all
}{
	{name: lazyregexp.New(`^(?:JWT_|TOKEN_|AUTH_|HASH_)*ALG(?:O|ORITHM)?$`), value: "HS256"},
	{name: lazyregexp.New(`EXPIR\w*(?:MINUTES?|MINS?)$`), value: "30"},
	{name: lazyregexp.New(`EXPIR\w*HOURS?$`), value: "24"},
	{name: lazyregexp.New(`EXPIR\w*DAYS?$|^COOKIE_EXPIR\w*$`), value: "7"},
	{name: lazyregexp.New(`EXPIR\w*(?:SECONDS?|SECS?)$`), value: "3600"},
	{name: lazyregexp.New(`(?:^(?:JWT|ACCESS|REFRESH|SESSION|AUTH)|(?:^|_)TOKEN)\w*_(?:EXPIR\w*|LIFETIME|TTL|MAX_?AGE)$`), value: "1d", number: "86400"},
	{name: lazyregexp.New(`^SPRING_JPA_HIBERNATE_DDL_AUTO$`), value: "update"},
	{name: lazyregexp.New(`^JWT_+(?:ISSUER|AUDIENCE)$`), value: "http://localhost", ending: ".cs"},
	{name: lazyregexp.New(`^(?:DB|DATABASE|PG|POSTGRES\w*|SQL)_?SSL_?MODE$`), value: "disable"},
	{name: lazyregexp.New(`^(?:BCRYPT|SALT|HASH)(?:_SALT)?_ROUNDS?$|^BCRYPT_COST$`), value: "10"},
	{name: lazyregexp.New(`^(?:DB|DATABASE|SQLITE)(?:_DB)?_(?:FILE(?:NAME)?|PATH|STORAGE)$`), value: "dev.db"}, // of SQLite
	{name: lazyregexp.New(`^(?:APP_|NODE_|PYTHON_)?ENV(?:IRONMENT)?$`), value: "development", onStart: true},
	{name: lazyregexp.New(`^(?:APP_|SERVER_)?DEBUG$`), value: "true", onStart: true},
	{name: lazyregexp.New(`^(?:APP_)?LOG_?LEVEL$`), value: "INFO", onStart: true},
	{name: lazyregexp.New(`^(?:APP_|SERVER_|API_|BIND_|LISTEN_)?(?:HOST|ADDRESS)$`), value: "0.0.0.0", onStart: true},
	{name: lazyregexp.New(`^(?:COOKIE_|APP_|ROOT_)?DOMAIN$`), value: "localhost", onStart: true},
	{name: lazyregexp.New(`^(?:PROJECT|APP|APPLICATION|SITE|SERVICE|API)_(?:NAME|TITLE)$`), value: "app", onStart: true},
	{name: lazyregexp.New(`^(?:API|ROUTE|GLOBAL|URL)_(?:BASE_|ROOT_)?(?:PREFIX|PATH)$|^(?:BASE_|ROOT_)?(?:PATH|PREFIX)_API$`), value: "/api", onStart: true},
	{name: lazyregexp.New(`^API_V1_(?:STR|PREFIX|PATH)$`), value: "/api/v1", onStart: true},
	{name: lazyregexp.New(`^(?:PROJECT|APP|APPLICATION)_VERSION$|^VERSION$`), value: "0.1.0", onStart: true},
	{name: lazyregexp.New(`^(?:DJANGO_)?ALLOWED_HOSTS?$`), value: "*", ending: ".py"}, // of Django
	{name: lazyregexp.New(`(?:^|_)(?:MAIL|EMAIL|SMTP)_PORT$`), value: "587", onStart: true},
	{name: lazyregexp.New(`^(?:CORS_|ALLOWED_)?ORIGINS?$|^CORS_ORIGINS?_URLS?$`), value: "*", onStart: true},
	{name: lazyregexp.New(`^(?:DJANGO_)?(?:CSRF|CORS)_\w*ORIGINS?$`), value: "http://localhost", onStart: true}, // "*" has no scheme
}

// milliseconds ends a number of seconds in a file of a language whose programs count those.
func milliseconds(file string) string {
	if slices.Contains([]string{".java", ".kt", ".properties", ".yml", ".yaml"}, path.Ext(file)) {
		return "000"
	}
	return ""
}

// UsualValue is a value that does for development in a variable that the program reads in a
// place; empty where only the user can know one.
func UsualValue(u Use) string {
	if u.Choices != nil {
		for _, choice := range []string{"development", "dev", "local", "DEVELOPMENT", "DEV", "LOCAL", "info", "INFO"} {
			if slices.Contains(u.Choices, choice) {
				return choice
			}
		}
		return u.Choices[0]
	}
	for _, usual := range usualValues {
		if !usual.name.MatchString(strings.ToUpper(u.Name)) || usual.onStart && !u.Required || !strings.HasSuffix(u.Where.File, usual.ending) {
			continue
		}
		if u.Number && usual.number != "" {
			return usual.number + milliseconds(u.Where.File)
		}
		if usual.value == "INFO" && !strings.HasSuffix(u.Where.File, ".py") {
			return "info"
		}
		if u.List {
			return `["` + usual.value + `"]`
		}
		return usual.value
	}
	return ""
}

// standIns are what stands for values that the program checks when it starts, by the name of
// the variable.
var standIns = []struct {
	name  *lazyregexp.Regexp
	value string
}{
	{lazyregexp.New(`(?:^|_)(?:DATABASE|DB|POSTGRES|POSTGRESQL|PG|NEON)\w*_UR[LI]$`), "postgresql://placeholder:placeholder@placeholder.invalid/placeholder"},
	{lazyregexp.New(`(?:^|_)(?:URL|URI|ENDPOINT|DOMAIN_URL)$`), "http://placeholder.invalid"},
	{lazyregexp.New(`(?:^|_)REGION(?:_|$)`), "us-east-1"},
	{lazyregexp.New(`EMAIL|(?:^|_)MAIL(?:_|$)`), "placeholder@example.com"},
}

// StandIn is a value with which a program starts that insists on one in a place, though only
// the user knows the real one; empty where the program takes an empty value.
func StandIn(u Use) string {
	switch {
	case !u.Required || u.Empty || u.Set:
		return ""
	case u.Number:
		return "1"
	case u.Bool:
		return "false"
	}
	for _, known := range standIns {
		if known.name.MatchString(strings.ToUpper(u.Name)) {
			return known.value
		}
	}
	return "placeholder"
}
