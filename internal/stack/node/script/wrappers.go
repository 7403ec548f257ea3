package script

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// command reads one command: without what wraps it, or what it starts in its place.
func (r *reader) command(words []string, at frame) {
	var c Command
	for c.Words = words; len(c.Words)+len(at.added) > 0; {
		if len(c.Words) == 0 { // it wraps what its caller adds
			c.Words, at.added = at.added, nil
		}
		first := plain(c.Words[0])
		switch rest := c.Words[1:]; {
		case isAssignment(c.Words[0]):
			c.Env, c.Words = append(c.Env, c.Words[0]), rest
			continue
		case strings.EqualFold(first, "set") && len(rest) > 0 && strings.Contains(rest[0], "="), first == "export":
			return // of cmd.exe: it changes no more than variables
		case wrappers[first].applies(rest):
			w := wrappers[first]
			if c.Words = w.wrapped(rest); w.loads {
				c.Loader = slices.Concat(c.Loader, []string{first}, rest[:len(rest)-len(c.Words)])
			}
			continue
		case first == "node" && binary(rest) >= 0:
			c.Words = rest[binary(rest):]
			continue
		case managers[first] != nil:
			r.managed(first, rest, c, at)
			return
		case starters[first] != nil:
			r.several(starters[first](r, rest), at, first == "run-s" || first == "npm-run-all" && !parallel(rest))
			return
		case delegates[first]:
			c.Elsewhere = true
		}
		c.Words = append([]string{first}, c.Words[1:]...)
		r.add(c, at)
		return
	}
}

// parallel says whether npm-run-all starts all at the same time.
func parallel(rest []string) bool {
	return slices.ContainsFunc(rest, func(word string) bool { return word == "-p" || word == "--parallel" })
}

// several reads the command lines that one command starts, one after the other or all at the
// same time.
func (r *reader) several(lines []string, at frame, inSequence bool) {
	at = at.part()
	at.parallel, at.added = at.parallel || !inSequence, nil
	for _, line := range lines {
		r.line(line, at)
		if inSequence {
			at.before = slices.Concat(at.before, []string{line})
		}
	}
}

// plain is the name of a program without its directory and the endings of Windows.
func plain(word string) string {
	name := path.Base(strings.ReplaceAll(word, `\`, "/"))
	return strings.TrimSuffix(strings.TrimSuffix(name, ".cmd"), ".exe")
}

var assignment = regexp.MustCompile(`^[A-Za-z_]\w*=`)

func isAssignment(word string) bool { return assignment.MatchString(word) }

// delegates start what lies in other directories.
var delegates = map[string]bool{
	"turbo": true, "lerna": true, "nx": true, "rush": true, "docker": true, "docker-compose": true, "podman": true, "make": true, "pushd": true, "foreman": true, "nf": true, "moon": true,
}

// wrapper is a program that runs another one with a changed environment.
type wrapper struct {
	subcommand []string // it wraps only as one of these
	valued     string   // its flags that take a value, each behind a space
	file       bool     // its first argument may be an env file
	until      string   // its own arguments end here, where this stands
	loads      bool     // it reads variables from files or from a server
}

var wrappers = map[string]*wrapper{
	"cross-env": {}, "cross-env-shell": {}, "env": {valued: " -u -C"}, "time": {}, "exec": {},
	"npx": {valued: " -p --package -c --call"}, "pnpx": {}, "bunx": {},
	"dotenv": {valued: " -e -v -c", until: "--", loads: true}, "dotenvx": {subcommand: []string{"run"}, valued: " -f -e --env-file --env", until: "--", loads: true}, "dotenv-flow": {until: "--", loads: true},
	"env-cmd": {valued: " -f --file -e --environments -r --rc-file", file: true, loads: true}, "infisical": {subcommand: []string{"run"}, until: "--", loads: true}, "doppler": {subcommand: []string{"run"}, until: "--", loads: true},
}

func (w *wrapper) applies(rest []string) bool {
	return w != nil && (w.subcommand == nil || len(rest) > 0 && slices.Contains(w.subcommand, rest[0]))
}

// wrapped are the words of what is wrapped.
func (w *wrapper) wrapped(rest []string) []string {
	if at := slices.Index(rest, w.until); w.until != "" && at >= 0 {
		return rest[at+1:]
	}
	if w.subcommand != nil {
		rest = rest[1:]
	}
	rest = withoutFlags(rest, w.valued)
	if w.file && len(rest) > 1 && (strings.HasPrefix(rest[0], ".") && !strings.Contains(rest[0], "node_modules") || strings.Contains(rest[0], ".env")) {
		rest = rest[1:]
	}
	return rest
}

// withoutFlags are the words from the first that is no flag on. Valued are the flags that take
// the word behind them.
func withoutFlags(words []string, valued string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		takes := slices.Contains(strings.Fields(valued), words[0])
		words = words[1:]
		if takes && len(words) > 0 {
			words = words[1:]
		}
	}
	return words
}

var inModules = regexp.MustCompile(`(?:^|/)node_modules/(?:\.bin/[\w-]+$|[\w@-]+/(?:[\w-]+/)*(?:bin|dist/bin|cli)/[\w-]+(?:\.m?js)?$)`)

// binary is the argument of node that is the program of a package: node_modules/.bin/next.
func binary(rest []string) int {
	return slices.IndexFunc(rest, func(word string) bool { return inModules.MatchString(word) })
}

// managers are package managers with their flags that start another package.
var managers = map[string]*regexp.Regexp{
	"npm":  regexp.MustCompile(`^(?:--prefix|-C|--workspaces?|-w|-ws)(?:$|=)`),
	"yarn": regexp.MustCompile(`^(?:--cwd)(?:$|=)|^workspaces?$`),
	"pnpm": regexp.MustCompile(`^(?:--filter|-F|-r|--recursive|-C|--dir|-w|--workspace-root)(?:$|=)|^recursive$`),
	"bun":  regexp.MustCompile(`^(?:--cwd|--filter|-F)(?:$|=)`),
}

// managed reads what a package manager runs: a script, the program of a package, a file.
func (r *reader) managed(manager string, rest []string, c Command, at frame) {
	separated := slices.Index(rest, "--")
	if separated < 0 {
		separated = len(rest)
	}
	if slices.ContainsFunc(rest[:separated], managers[manager].MatchString) {
		c.Words, c.Elsewhere = append([]string{manager}, rest...), true
		r.add(c, at)
		return
	}
	own, verb := rest, ""
	keep := func() {
		c.Words = append([]string{manager}, own...)
		r.add(c, at)
	}
	rest = slices.DeleteFunc(withoutFlags(rest, ""), func(word string) bool { return word == "-s" || word == "--silent" })
	if len(rest) > 0 && slices.Contains([]string{"run", "run-script", "exec", "x", "dlx", "start", "test"}, rest[0]) {
		verb, rest = rest[0], rest[1:]
	}
	if verb == "run" || verb == "exec" || verb == "x" || verb == "dlx" {
		rest = withoutFlags(rest, "")
	}
	switch {
	case at.elsewhere:
		keep()
		return
	case verb == "start" || verb == "test":
		rest = append([]string{verb}, rest...)
	}
	switch {
	case verb == "" && manager == "npm", len(rest) == 0, verb != "" && verb != "exec" && verb != "x" && verb != "dlx" && manager != "bun" && r.Texts[rest[0]] == "":
		keep()
		return
	case verb == "exec" || verb == "x" || verb == "dlx", manager != "bun" && r.Texts[rest[0]] == "":
		c.Words = slices.DeleteFunc(rest, func(word string) bool { return word == "--" })
		r.command(slices.Concat(c.Env, c.Loader, c.Words), at)
		return
	case r.Texts[rest[0]] == "": // bun runs the file or the program itself
		r.bun(own, rest, c, at)
		return
	}
	added := slices.DeleteFunc(slices.Clone(rest[1:]), func(word string) bool { return word == "--" })
	r.script(rest[0], at, added...)
}

// bun reads what Bun runs that is no script: a file, or the program of a package.
func (r *reader) bun(own, rest []string, c Command, at frame) {
	if path.Ext(rest[0]) == "" && !strings.Contains(rest[0], "/") && !slices.Contains([]string{"test", "install", "add", "build"}, rest[0]) {
		r.command(slices.Concat(c.Env, c.Loader, rest), at)
		return
	}
	c.Words = append([]string{"bun"}, own...)
	r.add(c, at)
}

// starters start several commands; each gives their lines.
var starters = map[string]func(r *reader, rest []string) []string{
	"concurrently": concurrently, "conc": concurrently, "stmux": concurrently,
	"run-p": runAll, "run-s": runAll, "npm-run-all": runAll, "npm-run-all2": runAll,
}

const valuedOfConcurrently = " -n -c -p -l -m -s -t --names --name-separator --prefix-colors --prefix --prefix-length --max-processes --success --restart-tries --restart-after" +
	" --default-input-target --timestamp-format --hide --kill-signal --teardown"

func concurrently(r *reader, rest []string) []string {
	var lines []string
	for rest = withoutFlags(rest, valuedOfConcurrently); len(rest) > 0; rest = withoutFlags(rest[1:], valuedOfConcurrently) {
		manager, pattern, short := strings.Cut(rest[0], ":")
		if !short || managers[manager] == nil || strings.Contains(manager, " ") {
			lines = append(lines, rest[0])
			continue
		}
		for _, name := range r.matching(pattern) {
			lines = append(lines, manager+" run "+name)
		}
	}
	return lines
}

func runAll(r *reader, rest []string) []string {
	var lines []string
	for _, pattern := range rest {
		if strings.HasPrefix(pattern, "-") {
			continue
		}
		for _, name := range r.matching(pattern) {
			lines = append(lines, "npm run "+Line([]string{name}))
		}
	}
	return lines
}

// matching are the scripts of a pattern, sorted, or of a plain name.
func (r *reader) matching(pattern string) []string {
	pattern, _, _ = strings.Cut(strings.TrimSpace(pattern), " ")
	if !strings.Contains(pattern, "*") {
		return []string{pattern}
	}
	like, err := regexp.Compile("^" + strings.ReplaceAll(strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*\*`, ".*"), `\*`, "[^:]*") + "$")
	if err != nil {
		return nil // no text in UTF-8, as the names of scripts are
	}
	var names []string
	for name := range r.Texts {
		if like.MatchString(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
