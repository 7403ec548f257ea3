// Package script says which commands the scripts of a package.json run. It looks through what
// only wraps a command (cross-env, dotenv, npx), and through what starts several of them
// (concurrently, npm-run-all, wireit). It knows no framework.
package script

import (
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Scripts are the scripts of a package.json.
type Scripts struct {
	Texts  map[string]string // by name
	Wireit map[string]Wireit // what "wireit" as a text stands for, by name
}

// Wireit is a script of wireit.
type Wireit struct {
	Command      string
	Dependencies []string
}

// Command is one command of a script.
type Command struct {
	// Words are the program by its base name, and its arguments; there is always a program.
	Words []string
	// Env are the variables set for it alone: "PORT=3001".
	Env []string
	// Loader are the words in front of it that read its variables from files: "dotenv --".
	Loader []string
	// Script is the innermost script that runs this command last and no other command at the
	// same time, so that more arguments to the script reach the command. Empty for none.
	Script string
	// Before are the command lines that have to succeed before the command, in their order:
	// hooks such as predev, and what stands in front of it. Script runs all of them but Outside.
	Before, Outside []string
	// Parallel says that the script that was asked for runs other commands at the same time.
	Parallel bool
	// Elsewhere says that it runs in another directory, or starts other packages.
	Elsewhere bool
}

// Program is the base name of what runs.
func (c Command) Program() string { return c.Words[0] }

// Text is the command with its variables, as a shell takes it.
func (c Command) Text() string {
	return strings.Join(append(slices.Clone(c.Env), Line(slices.Concat(c.Loader, c.Words))), " ")
}

// Line quotes words for a shell. References to variables stay what they are.
func Line(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		text, err := syntax.Quote(word, syntax.LangPOSIX)
		if err != nil || strings.Contains(word, "$") {
			text = `"` + strings.NewReplacer(`"`, `\"`, "`", "\\`").Replace(word) + `"`
		}
		quoted[i] = text
	}
	return strings.Join(quoted, " ")
}

const (
	maxDepth    = 8   // of scripts that call each other
	maxScripts  = 100 // that one script calls, directly or through others
	maxCommands = 200 // of one script
)

// Commands gives the commands of a script in the order in which they stand; none of a script
// that does not exist.
func (s Scripts) Commands(name string) []Command {
	r := &reader{Scripts: s}
	r.script(name, frame{})
	return r.found
}

// reader goes through scripts that call each other.
type reader struct {
	Scripts
	found   []Command
	depth   int // of the script that is read
	scripts int // read so far
}

// CommandsIn gives the commands of a command line.
func (s Scripts) CommandsIn(line string) []Command {
	r := &reader{Scripts: s}
	r.line(line, frame{})
	return r.found
}

// frame is where a command stands.
type frame struct {
	script    string   // the innermost script
	last      bool     // the command is the last of that script
	outside   []string // what runs before that script
	before    []string // what runs before the command in that script, with its hook
	parallel  bool
	elsewhere bool
	added     []string // arguments that the caller adds to the command
}

// part is the place of what is not the last command of its script.
func (f frame) part() frame {
	f.last = false
	return f
}

// script reads a script by name, in the place of its caller.
func (r *reader) script(name string, at frame, added ...string) {
	text, found := r.Texts[name]
	if !found || r.depth == maxDepth || r.scripts == maxScripts {
		return
	}
	r.scripts++
	r.depth++
	defer func() { r.depth-- }()
	if len(added) == 0 { // else the command is more than this script says
		at.script, at.last, at.outside, at.before = name, true, slices.Concat(at.outside, at.before), nil
	}
	if r.Texts["pre"+name] != "" {
		at.before = slices.Concat(at.before, []string{"npm run pre" + name})
	}
	at.added = slices.Concat(added, at.added)
	if text = strings.TrimSpace(text); text == "wireit" {
		r.wireit(name, at)
		return
	}
	r.line(text, at)
}

// wireit reads a script of wireit: its dependencies run first, or at the same time where there
// is no command.
func (r *reader) wireit(name string, at frame) {
	w := r.Wireit[name]
	inner := at.part()
	inner.parallel = at.parallel || w.Command == "" && len(w.Dependencies) > 1
	inner.added = nil
	for _, dependency := range w.Dependencies {
		if !strings.ContainsAny(dependency, ":/.") || r.Texts[dependency] != "" {
			r.script(dependency, inner)
		}
	}
	if w.Command != "" {
		r.line(w.Command, at)
	}
}

// line reads a command line.
func (r *reader) line(text string, at frame) {
	file, err := untrusted.ParseShell(text, syntax.Variant(syntax.LangBash))
	if err != nil { // such as a line for cmd.exe: its words are the best guess
		r.command(strings.Fields(text), at)
		return
	}
	r.statements(file.Stmts, at)
}

// statements are what ";", "&" and new lines part.
func (r *reader) statements(all []*syntax.Stmt, at frame) {
	if len(all) > 1 && slices.ContainsFunc(all, func(s *syntax.Stmt) bool { return s.Background }) {
		at = at.part()
		at.parallel = true
	}
	for i, s := range all {
		place := at
		if i < len(all)-1 {
			place = at.part()
		}
		moved := r.statement(s, place)
		at.elsewhere = at.elsewhere || moved && !s.Background
	}
}

// statement reads one statement, and says whether those after it run in another directory.
func (r *reader) statement(s *syntax.Stmt, at frame) (moved bool) {
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return r.call(c, at)
	case *syntax.BinaryCmd:
		if c.Op == syntax.AndStmt {
			moved = r.statement(c.X, at.part())
			at.elsewhere = at.elsewhere || moved
			if !moved {
				at.before = slices.Concat(at.before, sequence(c.X))
			}
			return r.statement(c.Y, at) || moved
		}
		at = at.part()
		at.parallel = at.parallel || c.Op != syntax.OrStmt
		r.statement(c.X, at)
		r.statement(c.Y, at)
	case *syntax.Subshell:
		r.statements(c.Stmts, at.part())
	case *syntax.Block:
		r.statements(c.Stmts, at.part())
	case *syntax.DeclClause, nil: // export X=y
	default:
		r.add(Command{Words: strings.Fields(printed(s))}, at.part())
	}
	return false
}

// ineffective are commands that mean nothing to what comes after them in another process.
var ineffective = regexp.MustCompile(`^(?i:set|export|cd|pushd)(?: \S+)*$`)

// sequence are the commands that "&&" parts, without those that mean nothing to what comes after.
func sequence(s *syntax.Stmt) []string {
	if c, ok := s.Cmd.(*syntax.BinaryCmd); ok && c.Op == syntax.AndStmt {
		return slices.Concat(sequence(c.X), sequence(c.Y))
	}
	if text := printed(s); !ineffective.MatchString(text) {
		return []string{text}
	}
	return nil
}

func (r *reader) call(c *syntax.CallExpr, at frame) (moved bool) {
	var words []string
	for _, a := range c.Assigns {
		words = append(words, printed(a))
	}
	for _, a := range c.Args {
		if text := literal(a.Parts); text != "" {
			words = append(words, text)
		}
	}
	if len(words) > 1 && (words[0] == "cd" || words[0] == "pushd") {
		return strings.Trim(words[1], "./") != ""
	}
	r.command(words, at)
	return false
}

// add keeps a command of a place.
func (r *reader) add(c Command, at frame) {
	if len(c.Words) == 0 || len(r.found) == maxCommands {
		return
	}
	c.Words = slices.Concat(c.Words, at.added)
	c.Outside, c.Before = at.outside, slices.Concat(at.outside, at.before)
	c.Parallel, c.Elsewhere = at.parallel, c.Elsewhere || at.elsewhere
	if at.last && !c.Elsewhere {
		c.Script = at.script
	}
	r.found = append(r.found, c)
}

// printed is a node as shells read it.
func printed(node syntax.Node) string {
	var b strings.Builder
	if syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, node) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// literal is a word without its quotes.
func literal(parts []syntax.WordPart) string {
	var b strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescaped.Replace(part.Value))
		case *syntax.SglQuoted:
			b.WriteString(part.Value)
		case *syntax.DblQuoted:
			b.WriteString(literal(part.Parts))
		default:
			b.WriteString(printed(part))
		}
	}
	return b.String()
}

var unescaped = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\\`, `\`, `\ `, " ", `\$`, "$")
