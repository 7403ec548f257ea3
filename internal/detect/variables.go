package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// use is one place where a variable is read or named.
type use struct {
	name  string
	value string // a literal default in the code, or the value in an env file
	set   bool   // there is a default, or a loaded file sets it
	where Evidence
}

var (
	pythonReads = lazyregexp.New(`\b(?:getenv|environ\.get|env(?:\.(?:str|int|bool|list|url))?|config)\(\s*["']([A-Z][A-Z0-9_]*)["']\s*(,\s*(?:default\s*=\s*)?(?:["']([^"']*)["'])?)?`)
	pythonTakes = lazyregexp.New(`\benviron\[\s*["']([A-Za-z_]\w*)["']\s*\]([ \t]*=[^=])?`)
	nodeReads   = lazyregexp.New(`\bprocess\.env(?:\??\.([A-Za-z_]\w*)|\[["']([A-Za-z_]\w*)["']\])(\s*=[^=>])?(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	viteReads   = lazyregexp.New(`\bimport\.meta\.env(?:\??\.([A-Za-z_]\w*)|\[["']([A-Za-z_]\w*)["']\])()(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	nodeTakes   = lazyregexp.New(`(?:const|let|var)\s*\{([^{}]*)\}\s*=\s*(?:process|import\.meta)\.env\b`)
)

// platform are variables that the runtime, the framework, the platform or
// devup itself sets.
var platform = map[string]bool{
	"NODE_ENV": true, "PORT": true, "HOST": true, "HOSTNAME": true, "PATH": true, "HOME": true, "CI": true, "USER": true, "PWD": true,
	"TZ": true, "SHELL": true, "TMPDIR": true, "PUBLIC_URL": true, "BASE_URL": true, "MODE": true, "DEV": true, "PROD": true, "SSR": true,
	"FLASK_APP": true, "FLASK_ENV": true, "FLASK_DEBUG": true, "FLASK_RUN_PORT": true, "FLASK_RUN_HOST": true, "BROWSER": true,
	"CODESPACE_NAME": true, "CODESPACES": true, "CHOKIDAR_USEPOLLING": true, "WATCHPACK_POLLING": true, "WDS_SOCKET_PORT": true,
	"PYTHONUNBUFFERED": true, "PYTHONDONTWRITEBYTECODE": true, "DJANGO_SETTINGS_MODULE": true, "NODE_OPTIONS": true, "VITEST": true,
}

var platformPrefixes = []string{"GITPOD_", "GITHUB_CODESPACES_", "npm_", "VERCEL_", "COMPOSE_", "DEVUP_"}

func isPlatform(name string) bool {
	return platform[name] || slices.ContainsFunc(platformPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// usesIn are the variables that a source tree.File reads.
func usesIn(source tree.File) []use {
	switch {
	case !strings.Contains(source.Text, "env") && !strings.Contains(source.Text, "config("):
		return nil
	case path.Ext(source.Path) == ".py":
		return pythonUses(source)
	}
	return nodeUses(source)
}

// group is the text of a group of a match; empty where it took no part.
func group(text string, match []int, i int) string {
	if match[2*i] < 0 {
		return ""
	}
	return text[match[2*i]:match[2*i+1]]
}

func pythonUses(source tree.File) []use {
	var found []use
	text := source.Text
	for _, match := range pythonReads.FindAllStringSubmatchIndex(text, -1) {
		name := group(text, match, 1)
		fallback := strings.TrimSpace(group(text, match, 2))
		isNone := strings.HasPrefix(strings.TrimSpace(text[match[1]:min(len(text), match[1]+4)]), "None")
		found = append(found, use{name, group(text, match, 3), fallback != "" && !isNone, source.At(match[0], name)})
	}
	for _, match := range pythonTakes.FindAllStringSubmatchIndex(text, -1) {
		if name := group(text, match, 1); match[4] < 0 { // an assignment sets it
			found = append(found, use{name, "", false, source.At(match[0], name)})
		}
	}
	return found
}

func nodeUses(source tree.File) []use {
	var found []use
	text := source.Text
	for _, pattern := range []*lazyregexp.Regexp{nodeReads, viteReads} {
		for _, match := range pattern.FindAllStringSubmatchIndex(text, -1) {
			if name := group(text, match, 1) + group(text, match, 2); group(text, match, 3) == "" { // no assignment
				found = append(found, use{name, group(text, match, 5), match[8] >= 0, source.At(match[0], name)})
			}
		}
	}
	for _, match := range nodeTakes.FindAllStringSubmatchIndex(text, -1) {
		for item := range strings.SplitSeq(group(text, match, 1), ",") {
			name, fallback, set := strings.Cut(item, "=")
			name, _, _ = strings.Cut(name, ":")
			if name = strings.TrimSpace(name); variableName.MatchString(name) {
				found = append(found, use{name, strings.Trim(strings.TrimSpace(fallback), `"'`), set, source.At(match[0], name)})
			}
		}
	}
	return found
}

var variableName = lazyregexp.New(`^[A-Z_][A-Z0-9_]*$`)

// decideVariables are the variables that the service reads or that its env
// files name, by name.
func (s *scan) decideVariables(c *candidate) []Variable {
	var uses []use
	for _, source := range append(slices.Clip(c.configs), c.sources...) {
		uses = append(uses, usesIn(source)...)
	}
	for _, env := range c.envs {
		for _, entry := range env.entries {
			uses = append(uses, use{entry.name, entry.value, env.loaded && entry.value != "", tree.At(env.path, entry.line, entry.name)})
		}
	}
	byName := map[string]*Variable{}
	values := map[string][]string{}
	readers := map[string][]string{} // the source files that read a variable
	for _, u := range uses {
		if isPlatform(u.name) {
			continue
		}
		v := byName[u.name]
		if v == nil {
			v = &Variable{Name: u.name, Secret: looksSecret(u.name), Evidence: u.where}
			byName[u.name] = v
		}
		v.Secret = v.Secret || credentials.MatchString(u.value)
		v.Default = v.Default || u.set || c.compose != nil && c.compose.env[u.name]
		values[u.name] = append(values[u.name], u.value)
		if codeEndings[path.Ext(u.where.File)] {
			readers[u.name] = append(readers[u.name], u.where.File)
		}
	}
	var variables []Variable
	for name, v := range byName {
		s.wire(c, v, values[name])
		v.Inside = s.callsInside(c, v, readers[name])
		variables = append(variables, *v)
	}
	slices.SortFunc(variables, func(a, b Variable) int { return strings.Compare(a.Name, b.Name) })
	return variables
}

// credentials are a password within a URL.
var credentials = lazyregexp.New(`://[^/\s:@]*:[^/\s@]+@`)

var (
	secretWords = lazyregexp.New(`(?i)(?:^|_)(?:SECRET|SECRETS|TOKEN|PASSWORD|PASSWD|PASS|PWD|KEY|APIKEY|CREDENTIALS?|DSN|SALT)(?:_|$)|SECRET|PASSWORD|APIKEY`)
	// A connection string carries its password inside of it.
	connections = lazyregexp.New(`(?i)(?:DATABASE|POSTGRES|POSTGRESQL|MYSQL|MONGO|MONGODB|REDIS|AMQP|RABBITMQ|DB|SQLALCHEMY_DATABASE|CONNECTION)_?(?:URL|URI|STRING)`)
)

func looksSecret(name string) bool {
	return secretWords.MatchString(name) || connections.MatchString(name)
}
