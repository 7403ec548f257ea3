package golang

import (
	"strings"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// ports are where a source says the port. Numbers of databases come as defaults of variables
// too, so that a name has to end in PORT alone, or in a word for a server in front of it.
var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`(?:ListenAndServe(?:TLS)?|\.Listen(?:TLS)?|\.Run(?:TLS)?|\.Start(?:TLS)?)\(\s*(?:"tcp4?",\s*)?"[\w.\[\]]*:(\d{2,5})"`),
	lazyregexp.New(`\bAddr:\s*"[\w.\[\]]*:(\d{2,5})"`),
	lazyregexp.New(`(?i)env\w*\(\s*"(?:(?:http|server|app|api|web|listen)_?)?(?:port|addr|address)"\s*,\s*"?(?:[\w.-]*:)?(\d{2,5})"?`),
	lazyregexp.New(`(?i)env:"(?:(?:http|server|app|api|web|listen)_?)?(?:port|addr|address)[^` + "`" + `]*?(?:envDefault|default)[:=]"?(?:[\w.-]*:)?(\d{2,5})`),
	lazyregexp.New(`(?i)SetDefault\(\s*"(?:(?:http|server|app|api|web)[._]?)*(?:port|addr|address)"\s*,\s*"?(?:[\w.-]*:)?(\d{2,5})`),
	lazyregexp.New(`flag\.\w+\(\s*(?:&[\w.]+,\s*)?"(?:http[-_]?)?(?:addr|port|listen|address|p)"\s*,\s*"?(?:[\w.-]*:)?(\d{2,5})`),
	lazyregexp.New(`(?m)^\s*(?:const|var)?\s*(?:\w*[aA]ddr(?:ess)?|(?:server|http|web|api|app|default|listen)?_?[pP]ort|PORT|DefaultPort)\s*(?:string|int)?\s*:?=\s*"?(?:[\w.-]*:)?(\d{2,5})"?\s*$`),
	lazyregexp.New(`\bListen\(\s*"tcp4?"\s*,\s*"[^"]*:(\d{2,5})"`),
}

// envFunction is the name of a function that reads a variable: getEnv, os.Getenv, MustEnvInt, and not
// sendEnvelope.
const envFunction = `\w*(?:[eE]nv(?:ironment)?|ENV)(?:[A-Z0-9_]\w*)?`

var (
	// viperKeys are names by which viper looks into the environment and into env files.
	viperKeys = lazyregexp.New(`\bviper\.(?:Get\w*|MustBindEnv|BindEnv)\(\s*"([A-Z][A-Z0-9_]+)"|\bmapstructure:"([A-Z][A-Z0-9_]+)"`)
	reads     = lazyregexp.New(`\b(?:` + envFunction + `|[eE]nv\.(?:[mM]ust)?(?:[gG]et|[sS]tring|[lL]ookup)\w*)\(\s*"([A-Z][A-Z0-9_]*)"\s*(,\s*"?([^",)]*))?`)
	// The field of a struct that a library fills from the environment, with its type.
	tags  = lazyregexp.New("(?m)([\\w.*\\[\\]]*)[ \\t]*`[^`\\n]*\\benv(?:config)?:\"([A-Z][A-Z0-9_]*)([^`\\n]*)`")
	given = lazyregexp.New(`(?i)default[:=]"?([^",]*)`)
	// https://github.com/caarlos0/env, https://github.com/kelseyhightower/envconfig,
	// https://github.com/ilyakaznacheev/cleanenv, https://github.com/sethvargo/go-envconfig
	demanded = lazyregexp.New(`,\s*(?:required|notEmpty)\b|\b(?:env-)?required:"true"`)
	notEmpty = lazyregexp.New(`,\s*notEmpty\b`)
	numeric  = lazyregexp.New(`^(?:u?int\d*|float\d*)$`)
	// A variable of the source that holds one of the environment, and what follows where that is empty.
	bound = lazyregexp.New(`(\w+)(?:\s*,\s*(\w+))?\s*:?=\s*os\.(?:Getenv|LookupEnv)\(\s*"([A-Z][A-Z0-9_]*)"\s*\)`)
	// Functions that end the program, by the names that people give them.
	insists = lazyregexp.New(`(?i)^(?:must|require|need)\w*env|^\w*env\w*(?:required|orpanic|orfatal|ordie|orexit)|^\w*getrequired\w*env`)
	ends    = lazyregexp.New(`^[^}]{0,300}?(?:\b[Ff]atal|\bpanic\(|\bPanic|\bos\.Exit\(|\breturn\b[^\n]*(?:\berr\w*\b|\b[Ee]rrorf?\(|\bNew\())`)
	// constants are those whose text can be the name of a variable, and byName reads by one.
	constants = lazyregexp.New(`(?m)^\s*(?:const\s+)?([A-Za-z]\w*)\s*(?:string\s*)?=\s*"([A-Z][A-Z0-9_]+)"\s*$`)
	byName    = lazyregexp.New(`\b` + envFunction + `\(\s*([A-Za-z]\w*)\s*[,)]`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	for _, match := range reads.FindAllStringSubmatchIndex(text, -1) {
		name := stack.Group(text, match, 1)
		if strings.Contains(text[match[0]:match[2]], "Setenv") || name != strings.ToUpper(name) {
			continue
		}
		required := insists.MatchString(text[match[0]:match[2]])
		found = append(found, stack.Use{
			Name: name, Value: stack.Group(text, match, 3), Set: match[4] >= 0 && !required, Where: source.At(match[0], name),
			Required: required, Checked: required,
		})
	}
	if strings.Contains(text, "viper.") {
		for _, match := range viperKeys.FindAllStringSubmatchIndex(text, -1) {
			name := stack.Group(text, match, 1) + stack.Group(text, match, 2)
			found = append(found, stack.Use{Name: name, Where: source.At(match[0], name)})
		}
	}
	read := map[string]bool{}
	for _, match := range byName.FindAllStringSubmatch(text, -1) {
		read[match[1]] = true
	}
	for _, match := range constants.FindAllStringSubmatchIndex(text, -1) {
		constant, name := stack.Group(text, match, 1), stack.Group(text, match, 2)
		if read[constant] || strings.Contains(strings.ToLower(constant), "env") && strings.Contains(name, "_") {
			found = append(found, stack.Use{Name: name, Where: source.At(match[4], name)})
		}
	}
	for _, match := range tags.FindAllStringSubmatchIndex(text, -1) {
		name, rest := stack.Group(text, match, 2), stack.Group(text, match, 3)
		value := given.FindStringSubmatch(rest)
		use := stack.Use{Name: name, Set: value != nil, Where: source.At(match[4], name), Number: numeric.MatchString(stack.Group(text, match, 1))}
		use.Required = value == nil && demanded.MatchString(rest)
		use.Empty = !notEmpty.MatchString(rest)
		if value != nil {
			use.Value = value[1]
		}
		found = append(found, use)
	}
	return append(found, checked(source)...)
}

// checked are the variables without which a source says itself that the program ends: what it
// does where one is empty, or is not set.
func checked(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	for _, match := range bound.FindAllStringSubmatchIndex(text, -1) {
		value, ok, name := stack.Group(text, match, 1), stack.Group(text, match, 2), stack.Group(text, match, 3)
		rest := text[match[1]:min(len(text), match[1]+2000)]
		for _, test := range []string{"if " + value + ` == "" {`, "; " + value + ` == "" {`, "if !" + ok + " {", "; !" + ok + " {", "if len(" + value + ") == 0 {"} {
			_, then, is := strings.Cut(rest, test)
			if is && ends.MatchString(then) && (ok != "" || !strings.Contains(test, "!")) {
				found = append(found, stack.Use{Name: name, Required: true, Checked: true, Where: source.At(match[0], name)})
				break
			}
		}
	}
	for _, match := range asked.FindAllStringSubmatchIndex(text, -1) {
		if ends.MatchString(text[match[1]:]) {
			name := stack.Group(text, match, 1)
			found = append(found, stack.Use{Name: name, Required: true, Checked: true, Where: source.At(match[0], name)})
		}
	}
	return found
}

// asked is a variable that a source looks at by itself to see whether it is empty.
var asked = lazyregexp.New(`\bif\s+os\.Getenv\(\s*"([A-Z][A-Z0-9_]*)"\s*\)\s*==\s*""\s*\{`)

var (
	routeCalls = lazyregexp.New(`\b(\w+)\.(GET|POST|PUT|PATCH|DELETE|Get|Post|Put|Patch|Delete|Handle|HandleFunc|Any|Method|Route)\(\s*"(?:(GET|POST|PUT|PATCH|DELETE) )?(/[^"]*)"`)
	groups     = lazyregexp.New(`\b(\w+)\s*:?=\s*(\w+)\.Group\(\s*"(/[^"]*)"`)
	serverCode = lazyregexp.New(`\bgin\.|\becho\.|\bfiber\.|\bchi\.|\bmux\.|\bhttp\.|\bhttprouter\.`)
)

// routes are what the sources answer. Those in a group have its path in front; those in a
// function that is handed a router have the path of that function alone.
func routes(sources []tree.File) []stack.Route {
	var found []stack.Route
	for _, source := range sources {
		if !serverCode.MatchString(source.Text) {
			continue
		}
		prefixes := map[string]string{}
		for _, match := range groups.FindAllStringSubmatch(source.Text, -1) {
			prefixes[match[1]] = prefixes[match[2]] + strings.TrimSuffix(match[3], "/")
		}
		nested := strings.Contains(source.Text, ".Route(\"")
		for _, match := range routeCalls.FindAllStringSubmatchIndex(source.Text, -1) {
			receiver, verb := stack.Group(source.Text, match, 1), stack.Group(source.Text, match, 2)
			if nested && verb != "Route" {
				continue
			}
			method := stack.Group(source.Text, match, 3)
			text := prefixes[receiver] + stack.Group(source.Text, match, 4)
			get := verb == "GET" || verb == "Get" || method == "GET" || method == "" && strings.HasPrefix(verb, "Handle")
			found = append(found, stack.Route{Path: text, Get: get, At: source.At(match[0], text)})
		}
	}
	return found
}

var loopback = lazyregexp.New(`(?:ListenAndServe(?:TLS)?\(|\.Listen(?:TLS)?\(\s*|\.Run(?:TLS)?\(|\.Start(?:TLS)?\(|\bAddr:\s*|\bflag\.\w+\(\s*(?:&[\w.]+,\s*)?"(?:http[-_]?)?(?:addr|listen|address|bind)",\s*|(?i:\b\w*addr(?:ess)?\s*:?=\s*))(?:"tcp4?",\s*)?"((?:localhost|127\.0\.0\.1|\[::1\]):(\d{2,5}))"`)

// hidden is where the program listens on the loopback address at its port.
func hidden(a *stack.App) tree.Evidence {
	for _, source := range reached(a.Tree, a.Dir, a.Entry) {
		for _, at := range loopback.FindAllStringSubmatchIndex(source.Text, -1) {
			if n, ok := stack.PortNumber(stack.Group(source.Text, at, 2)); ok && n == a.Port.Number {
				return source.At(at[0], "listens on "+stack.Group(source.Text, at, 1))
			}
		}
	}
	return tree.Evidence{}
}

// failures are errors of the toolchain and of programs.
var failures = []rule.Rule{
	{
		Reason: "private-module", Scope: rule.Step, Rank: rule.High, Pattern: lazyregexp.New(`(?P<module>[\w./-]+)@[^:]+: (?:reading|invalid version|git ls-remote).*(?:404 Not Found|410 Gone|could not read Username|terminal prompts disabled)`),
		Sentence: "Go cannot download the module $module, which does not exist or needs a login", Hint: "vendor it with `go mod vendor`, or set GOPRIVATE and GOPROXY to where it is",
		Example: `go: github.com/acme/private@v1.2.3: reading https://proxy.golang.org/github.com/acme/private/@v/v1.2.3.mod: 404 Not Found`,
	},
	{
		Reason: "go-too-old", Scope: rule.Step, Pattern: lazyregexp.New(`requires go >= (?P<wanted>[\d.]+) \(running go (?P<have>[\d.]+)`),
		Sentence: "a module needs Go $wanted, and the image has Go $have", Hint: "put golang:$wanted into the Dockerfile, or run `go mod tidy` with a newer Go",
		Example: `go: golang.org/x/tools@v0.30.0 requires go >= 1.23.0 (running go 1.21.13; GOTOOLCHAIN=local)`,
	},
	{
		Reason: "sum-missing", Scope: rule.Step, Pattern: lazyregexp.New(`missing go\.sum entry for (?:go\.mod file|module providing package (?P<module>[^ ;]+))`),
		Sentence: "go.sum lacks a line[ for $module]", Hint: "run `go mod tidy` and commit go.sum",
		Example: `main.go:4:2: missing go.sum entry for module providing package github.com/gin-gonic/gin; to add:`,
	},
	{
		Reason: "cgo-missing", Scope: rule.Step, Pattern: lazyregexp.New(`Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo`),
		Sentence: "go-sqlite3 is C code, and the program was built without", Hint: "build it with CGO_ENABLED=1",
		Example: `Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo to work. This is a stub`,
	},
}

const takesAddress = `(?:\.(?:Run|Listen|Start)\(|\bListenAndServe\(|\bAddr:\s*)`

var (
	addressBy    = lazyregexp.New(takesAddress + `os\.Getenv\("(\w+)"\)\s*[,)\n]`)
	portVariable = lazyregexp.New(`\b(\w+)\s*(?:,\s*\w+\s*)?:?=\s*os\.(?:Getenv|LookupEnv)\("(\w*(?:PORT|ADDR|ADDRESS))"\)`)
	addressIn    = lazyregexp.New(takesAddress + `(\w+)\s*[,)\n]`)
)

// address is the variable that a program listens on as it is, without a colon in front of it.
func address(a *stack.App) string {
	for _, source := range reached(a.Tree, a.Dir, a.Entry) {
		if match := addressBy.FindStringSubmatch(source.Text); match != nil {
			return match[1]
		}
		for _, match := range portVariable.FindAllStringSubmatch(source.Text, -1) {
			joined := stack.HasOne(source.Text, `":" + `+match[1], `":"+`+match[1], match[1]+` = ":" +`, match[1]+` = fmt.`)
			for _, used := range addressIn.FindAllStringSubmatch(source.Text, -1) {
				if used[1] == match[1] && !joined {
					return match[2]
				}
			}
		}
	}
	return ""
}
