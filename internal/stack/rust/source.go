package rust

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// ports are where a source says the port.
var ports = []*lazyregexp.Regexp{
	lazyregexp.New(`(?:bind|serve|TcpListener::bind|listen|run|Server::bind|Server::http)\(\s*&?(?:SocketAddr::from\(\s*)?"[\w.\[\]:]*:(\d{2,5})"`),
	lazyregexp.New(`(?:bind|run|SocketAddr::from|SocketAddr::new|SocketAddrV4::new)\(\s*\(?\s*(?:"[\w.]+"|\[[\d,\s]+\]|[\w:]+(?:\([\d,\s]*\))?)\s*,\s*(\d{2,5})\b`),
	lazyregexp.New(`(?s)var(?:_os)?\(\s*"(?:\w*_)?PORT"\s*\)(?:[^;]{0,120}?)unwrap_or(?:_else)?\((?:\|_\|\s*)?"?(\d{2,5})`),
	lazyregexp.New(`(?i)\b\w*env\w*\(\s*"(?:\w*_)?PORT"\s*,\s*"?(\d{2,5})`),
	lazyregexp.New(`(?i)\b(?:let|const|static)\s+(?:mut\s+)?\w*port\w*\s*(?::\s*[&'\w\s]+)?=\s*"?(\d{2,5})\b`),
	lazyregexp.New(`(?i)\b(?:let|const|static)\s+(?:mut\s+)?\w*(?:addr|address|bind|listen)\w*\s*(?::\s*[&'\w:\s]+)?=\s*"[\w.\[\]:]*:(\d{2,5})"`),
	lazyregexp.New(`"(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]):(\d{2,5})"`),
	lazyregexp.New(`default_value(?:_t)?\s*=\s*"?(?:[\w.]*:)?(\d{4,5})"?`),
	lazyregexp.New(`\(?\[(?:0|127), 0, 0, [01]\]\s*,\s*(\d{2,5})\)?`),
}

// configFiles are settings of a program, those that hold in development first.
var configFiles = []string{"Rocket.toml", "config/default.toml", "config/development.yaml", "configuration/local.yaml", "configuration/base.yaml", "configuration.yaml"}

var configHost = lazyregexp.New(`(?m)^(?:application|server|http|app):\s*\n(?:[ \t]+\S.*\n)*?[ \t]+host:\s*["']?(?:127\.0\.0\.1|localhost)\b`)

var configPort = lazyregexp.New(`(?m)^\s*(?:application_)?port\s*[:=]\s*(\d{2,5})\b`)

var (
	reads = lazyregexp.New(`(?s)\b(?:env::)?var(?:_os)?\(\s*"([A-Z][A-Z0-9_]*)"\s*\)`)
	macro = lazyregexp.New(`\b(?:dotenv!|env!)\(\s*"([A-Z][A-Z0-9_]*)"`)
	// insists is what ends the program where the variable is not set.
	insists = lazyregexp.New(`^\s*(?:\.map_err\([^;]*?\)\s*|\.(?:with_)?context\([^;]*?\)\s*)?(?:\.expect\(|\.unwrap\(\)|\?)`)
	number  = lazyregexp.New(`\b(?:[ui](?:8|16|32|64|128|size)|f32|f64)\b`)
	// argument is the field of a struct below an attribute of clap.
	argument = lazyregexp.New(`^[^\n]*\n(?:\s*(?:#\[|///)[^\n]*\n)*\s*(?:pub(?:\([^)]*\))?\s+)?\w+\s*:\s*([\w:<>]+)`)
	clapEnv  = lazyregexp.New(`\benv\s*=\s*"([A-Z][A-Z0-9_]*)"([^)\n]*)`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	var found []stack.Use
	text := source.Text
	for _, match := range reads.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, read(source, match))
	}
	found = append(found, throughHelpers(source)...)
	if at := checkedQuery.FindStringIndex(text); at != nil && strings.Contains(text, "sqlx") {
		found = append(found, stack.Use{Name: "DATABASE_URL", Where: source.At(at[0], "a query that sqlx checks")})
	}
	for _, match := range macro.FindAllStringSubmatchIndex(text, -1) {
		if name := stack.Group(text, match, 1); !strings.HasPrefix(name, "CARGO_") {
			found = append(found, stack.Use{Name: name, Where: source.At(match[0], name)})
		}
	}
	for _, match := range clapEnv.FindAllStringSubmatchIndex(text, -1) {
		name := stack.Group(text, match, 1)
		use := stack.Use{Name: name, Set: strings.Contains(stack.Group(text, match, 2), "default_value"), Where: source.At(match[0], name), Empty: true}
		if kind := argument.FindStringSubmatch(text[match[1]:]); kind != nil && !use.Set {
			use.Required, use.Number = !strings.HasPrefix(kind[1], "Option") && kind[1] != "bool", number.MatchString(kind[1])
		}
		found = append(found, use)
	}
	return found
}

// read is the variable of a match of reads, with what the statement around it does.
func read(source tree.File, match []int) stack.Use {
	text := source.Text
	name := stack.Group(text, match, 1)
	statement, _, _ := strings.Cut(text[match[1]:min(len(text), match[1]+120)], ";")
	statement, _, _ = strings.Cut(statement, "\n}") // the last of a function has no semicolon
	use := stack.Use{Name: name, Set: stack.HasOne(statement, "unwrap_or", ".ok()", "is_ok", "is_err", "if let"), Where: source.At(match[0], name), Empty: true}
	use.Required = !use.Set && insists.MatchString(statement)
	if use.Required && stack.HasOne(statement, ".parse") {
		use.Empty, use.Number = false, number.MatchString(statement) || strings.Contains(strings.ToUpper(name), "PORT")
	}
	if value := given.FindStringSubmatch(statement); value != nil {
		use.Value = value[1]
	}
	if use.Required && isNumber(text, match[0]) {
		use.Empty, use.Number = false, true
	}
	use.Checked = use.Required
	return use
}

var given = lazyregexp.New(`unwrap_or(?:_else)?\((?:\|_\|\s*)?"([^"]*)"`)

var (
	axumRoutes = lazyregexp.New(`\.route\(\s*"(/[^"]*)"\s*,\s*(?:[\w:]+::)?(get|post|put|delete|patch)?`)
	attributes = lazyregexp.New(`#\[(?:\w+::)?(get|post|put|delete|patch)\(\s*"(/[^"]*)"`)
	nests      = lazyregexp.New(`\.(?:nest|mount)\(\s*"(/[^"]*)"|\bscope\(\s*"(/[^"]*)"`)
)

// routes are what the sources answer. Below a path that a router is mounted at, only that
// path is known.
func routes(sources []tree.File) []stack.Route {
	var found []stack.Route
	for _, source := range sources {
		text := source.Text
		mounted := false
		for _, match := range nests.FindAllStringSubmatchIndex(text, -1) {
			if to := stack.Group(text, match, 1) + stack.Group(text, match, 2); to != "/" {
				mounted = true
				found = append(found, stack.Route{Path: to, At: source.At(match[0], to)})
			}
		}
		if mounted {
			continue
		}
		for _, match := range axumRoutes.FindAllStringSubmatchIndex(text, -1) {
			to := stack.Group(text, match, 1)
			found = append(found, stack.Route{Path: to, Get: stack.Group(text, match, 2) == "get", At: source.At(match[0], to)})
		}
		for _, match := range attributes.FindAllStringSubmatchIndex(text, -1) {
			to := stack.Group(text, match, 2)
			found = append(found, stack.Route{Path: to, Get: stack.Group(text, match, 1) == "get", At: source.At(match[0], to)})
		}
	}
	return found
}

var loopback = lazyregexp.New(`"((?:127\.0\.0\.1|localhost|\[::1\]):(\d{2,5}))"|\(\s*(\[127, ?0, ?0, ?1\])\s*,\s*(\d{2,5})|\(\s*"(127\.0\.0\.1|localhost)"\s*,\s*(\d{2,5})|\b(Ipv4Addr::LOCALHOST)\b`)

// hidden is where the program listens on the loopback address at its port. Rocket takes a
// variable for it, which the image sets.
func hidden(a *stack.App) tree.Evidence {
	if a.Framework == "Rocket" {
		return tree.Evidence{}
	}
	for _, source := range a.Sources {
		for _, at := range loopback.FindAllStringSubmatchIndex(source.Text, -1) {
			address, port := stack.Group(source.Text, at, 1), stack.Group(source.Text, at, 2)+stack.Group(source.Text, at, 4)+stack.Group(source.Text, at, 6)
			if address == "" {
				address = stack.Group(source.Text, at, 3) + stack.Group(source.Text, at, 5) + stack.Group(source.Text, at, 7)
			}
			line := source.Text[strings.LastIndexByte(source.Text[:at[0]], '\n')+1 : at[0]]
			if n, ok := stack.PortNumber(port); ok && n != a.Port.Number || strings.Contains(line, "var(") {
				continue // another server's, or the default of a variable
			}
			return source.At(at[0], "listens on "+address)
		}
	}
	for _, name := range configFiles {
		file := a.Tree.Source(path.Join(a.Dir, name))
		if at := configHost.FindStringIndex(file.Text); at != nil {
			return file.At(at[0], "listens on 127.0.0.1")
		}
	}
	return tree.Evidence{}
}

// failures are errors of cargo and of what crates need.
var failures = []rule.Rule{
	{
		Reason: "sqlx-database", Scope: rule.Step, Pattern: lazyregexp.New("error: (?:set `DATABASE_URL` to use query macros online|`DATABASE_URL` must be set)"),
		Sentence: "sqlx checks queries against a database while it compiles", Hint: "run `cargo sqlx prepare` and commit the directory .sqlx",
		Example: "error: set `DATABASE_URL` to use query macros online, or run `cargo sqlx prepare` to update the query cache",
	},
	{
		Reason: "rust-too-old", Scope: rule.Step, Pattern: lazyregexp.New(`rustc (?P<have>[\d.]+) is not supported by the following packages?|requires rustc (?P<wanted>[\d.]+) or newer|feature .edition2024. is required`),
		Sentence: "a crate needs a newer Rust[ than $have]", Hint: "put a newer tag of the rust image into the Dockerfile",
		Example: "error: rustc 1.75.0 is not supported by the following packages:",
	},
	{
		Reason: "library-missing", Scope: rule.Step, Pattern: lazyregexp.New("The system library `(?P<library>[^`]+)` required by crate `(?P<crate>[^`]+)` was not found"),
		Sentence: "the crate $crate needs the system library $library", Hint: "install it in the Dockerfile, before cargo",
		Example: "The system library `libpq` required by crate `pq-sys` was not found.",
	},
}
