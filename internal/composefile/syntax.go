package composefile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// notText is the failure for bytes that are no text, in whatever file.
func notText(file string, content []byte) *fail.Error {
	e := fail.New(fail.Config, "save it as UTF-8 text", "the file is not UTF-8 text")
	e.File, e.CauseShown = file, true
	binaries := bytes.Count(content[:min(len(content), 1024)], []byte{0})
	for at := 0; at < len(content); {
		r, size := utf8.DecodeRune(content[at:])
		if r == 0 || r == utf8.RuneError && size == 1 {
			if binaries < 2 && at > 3 {
				e.Line = 1 + bytes.Count(content[:at], []byte{'\n'})
				e.Message = "a character here is not UTF-8"
			}
			return e
		}
		at += size
	}
	return nil
}

var (
	yamlPosition = lazyregexp.New(`(?:line (\d+)|<unknown position>)(?:, column (\d+))?`)
	duplicate    = lazyregexp.New(`line (\d+): mapping key "(.*)" already defined at line (\d+)`)
	aliasCycle   = lazyregexp.New(`cycle detected: node at path (\S+) references node`)
	parseFailure = lazyregexp.New(`(?s)^failed to parse (.+?): (?:yaml: )?(.+)$`)
)

// syntaxRules say in other words what the YAML library says. Where first is set, the
// first of the positions that the library names is the right one, else the last.
var syntaxRules = []struct {
	contains, message, hint string
	first                   bool
}{
	{contains: "while scanning a quoted scalar", message: "the quote that opens here is not closed", first: true},
	{contains: "while parsing a flow sequence", message: "the list in [ ] is not closed, or a comma is missing in it"},
	{contains: "while parsing a flow mapping", message: "the mapping in { } is not closed, or a comma is missing in it"},
	{
		contains: "mapping values are not allowed", message: `a ":" cannot stand here`,
		hint: `look for a missing ":" in the line above and for a wrong indentation; a text with ": " in it needs quotes`,
	},
	{
		contains: "did not find expected key", message: "the indentation fits nothing above",
		hint: "keys that belong together stand exactly below each other",
	},
	{
		contains: "did not find expected '-' indicator", message: "the indentation fits nothing above",
		hint: `entries of one list begin with "- " exactly below each other`,
	},
	{contains: "could not find expected ':'", message: `a key without a ":"`, hint: `write KEY: VALUE, with a space after the ":"`, first: true},
	{contains: "alphabetic or numeric character", message: `a "*" or "&" without a name after it`, hint: "a text that begins with one needs quotes"},
	{contains: "exceeded max depth", message: "too many lists or mappings inside each other"},
	{contains: "unexpected end of stream", message: "the file breaks off"},
	{contains: "excessive aliasing", message: "the aliases (*name) repeat each other too often", hint: "write out what the service needs"},
	{contains: "maximum node visit limit", message: "the aliases (*name) repeat each other too often", hint: "write out what the service needs"},
	{contains: "did not find expected node content", message: `a "[" or "{" is not closed, or something is missing in it`, hint: `close a list with "]" and a mapping with "}"`},
	{contains: "found a tab character", message: "a tab indents this line", hint: "indent with spaces; YAML takes no tabs"},
	{contains: "control characters", message: "a control character that cannot stand in YAML"},
}

// syntaxError is the failure for a file that is no YAML.
func syntaxError(s File, err error) *fail.Error {
	text := oneLine(strings.TrimPrefix(err.Error(), "yaml: "))
	positions := yamlPosition.FindAllStringSubmatchIndex(text, -1)
	line, column, clause := 1, 0, text
	take := func(p []int) {
		line, column = max(1, group(text, p, 1)), group(text, p, 2)
	}
	if len(positions) > 0 {
		last := positions[len(positions)-1]
		take(last)
		clause = strings.TrimLeft(text[last[1]:], ":, ")
	}
	if fmt.Sprintf("%T", err) == "libyaml.ParserError" {
		line++ // this one error of the library counts lines from 0, and the type has no exported name
	}
	e := fail.Wrap(err, fail.Config, "", "this is not valid YAML (%s)", clause)
	e.File, e.CauseShown = s.Path, true
	for _, rule := range syntaxRules {
		if !strings.Contains(text, rule.contains) {
			continue
		}
		e.Message, e.Hint = rule.message, rule.hint
		if rule.first && len(positions) > 0 {
			take(positions[0])
		}
		break
	}
	e.Line = line
	lines := strings.Split(string(s.content), "\n")
	e.Line = min(e.Line, max(1, len(strings.Split(strings.TrimRight(string(s.content), "\n"), "\n"))))
	if strings.Contains(text, "cannot start any token") {
		badStart(e, lines, column)
	}
	if name, ok := strings.CutPrefix(clause, "unknown anchor "); ok {
		name = strings.Trim(strings.TrimSuffix(name, " referenced"), "'")
		e.Message = fmt.Sprintf("*%s refers to an anchor that is not defined above", name)
		e.Hint = fmt.Sprintf("write &%s where the part that it repeats begins", name)
	}
	if opens := unclosedQuote(lines, e.Line); opens > 0 {
		e.Line, e.Message, e.Hint = opens, "the quote that opens here is not closed", ""
	}
	foreign(e, lines)
	return e
}

// quoteOpens is a value that begins with a quote, in a list or behind a key.
var quoteOpens = lazyregexp.New(`^\s*(?:- +)*(?:[\w./-]+:\s+)?(["'])`)

// unclosedQuote is the line from which a quoted value goes on to the line of an error, 0 for none:
// the quote that seems to close it there opens another value.
func unclosedQuote(lines []string, at int) int {
	quote, opened := "", 0
	for i, text := range lines[:min(at, len(lines))] {
		if m := quoteOpens.FindStringSubmatchIndex(text); quote == "" && m != nil {
			quote, opened, text = text[m[2]:m[3]], i+1, text[m[3]:]
		}
		switch {
		case quote == "", !strings.Contains(escaped.Replace(text), quote):
		case i+1 == at && opened < at:
			return opened
		default:
			quote = ""
		}
	}
	return 0
}

// escaped are the quotes that end no value.
var escaped = strings.NewReplacer(`\\`, "", `\"`, "", "''", "")

// badStart says which character cannot begin a value.
func badStart(e *fail.Error, lines []string, column int) {
	e.Message, e.Hint = "a character that cannot stand here", "put the value into quotes"
	if e.Line > len(lines) {
		return
	}
	text := lines[e.Line-1]
	if strings.HasPrefix(strings.TrimLeft(text, " "), "\t") {
		e.Message, e.Hint = "a tab indents this line", "indent with spaces; YAML takes no tabs"
		return
	}
	if column > 0 && column <= len(text) {
		e.Message = fmt.Sprintf("a value cannot begin with %s", quoted(text[column-1:]))
	}
}

// quoted is the first character of s in quotes.
func quoted(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	return fmt.Sprintf("%q", string(r))
}

// foreign says what the file is instead, where that is plain to see.
func foreign(e *fail.Error, lines []string) {
	for i, text := range lines {
		if strings.HasPrefix(text, "<<<<<<< ") {
			e.Line = i + 1
			e.Message, e.Hint = "an unresolved conflict of a merge", "choose one of the two sides and delete the lines <<<<<<<, ======= and >>>>>>>"
			return
		}
	}
	if first := strings.TrimSpace(lines[0]); strings.HasPrefix(first, "<!") || strings.HasPrefix(first, "<html") {
		e.Line = 1
		e.Message, e.Hint = "this is a page of HTML, not a Compose file", "download the raw file again"
	}
}

// constructError is the failure for YAML that is well formed and means nothing.
func constructError(s File, err error, text string) *fail.Error {
	e := syntaxError(s, err)
	if m := duplicate.FindStringSubmatch(text); m != nil {
		e.Line, e.Hint = number(m[1]), ""
		e.Message = fmt.Sprintf("the key %s stands here for the second time; the first is in line %s", m[2], m[3])
		return e
	}
	if m := aliasCycle.FindStringSubmatch(text); m != nil {
		e.Message, e.Hint = "an alias repeats the part in which it stands", ""
		files := []File{s}
		e.File, e.Line = Locate(files, splitPath(files, m[1])...)
		return e
	}
	switch {
	case strings.Contains(text, "map merge requires"):
		e.Message, e.Hint = "<< can only repeat a mapping", "the anchor that it names must stand at a mapping: its keys below it"
		if n := firstNode(s.root, badMerge); n != nil {
			e.Line = n.Line
		}
	case strings.Contains(text, "as a map key"):
		e.Message, e.Hint = "a key must be a text", ""
		if n := firstNode(s.root, func(n *yaml.Node) *yaml.Node { return oddKey(n, false) }); n != nil {
			e.Line = n.Line
		}
	case strings.Contains(text, "excessive aliasing"), strings.Contains(text, "node visit limit"):
		if n := firstNode(s.root, func(n *yaml.Node) *yaml.Node {
			if n.Kind == yaml.AliasNode {
				return n
			}
			return nil
		}); n != nil {
			e.Line = n.Line
		}
	}
	return e
}

// firstNode is what the test gives for the first node, in the order of the file,
// for which it gives something.
func firstNode(n *yaml.Node, test func(*yaml.Node) *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	if found := test(n); found != nil {
		return found
	}
	for _, c := range n.Content {
		if found := firstNode(c, test); found != nil {
			return found
		}
	}
	return nil
}

// badMerge is the merge key of a mapping that merges something else than mappings.
func badMerge(n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		v := Target(n.Content[i+1])
		if n.Content[i].Value == "<<" && v.Kind != yaml.MappingNode && v.Kind != yaml.SequenceNode {
			return n.Content[i]
		}
	}
	return nil
}

// oddKey is a key of a mapping that is no scalar, or with scalars, a number or the like.
func oddKey(n *yaml.Node, scalars bool) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := Target(n.Content[i])
		if key.Kind != yaml.ScalarNode || scalars && key.Tag != "!!str" && key.Tag != "!!merge" {
			return n.Content[i]
		}
	}
	return nil
}

// Target is what an alias stands for.
func Target(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	return n
}

// group is the number in a group of a match, 0 when it is not there.
func group(text string, match []int, i int) int {
	if match[2*i] < 0 {
		return 0
	}
	return number(text[match[2*i]:match[2*i+1]])
}
