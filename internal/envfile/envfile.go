// Package envfile works on the text of files of variables, NAME=value in each line: which
// values an example leaves to the user ([Open]), and how a file becomes one that has
// them ([Fill], [Append]). It is pure, and leaves every line alone that it has no word for.
package envfile

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Value is a variable with its value.
type Value struct{ Name, Value string }

// Blank is a variable to which an example gives no value, or one that stands for it.
type Blank struct {
	Name string
	Line int    // counted from 1
	Help string // what a comment next to it says, or empty
}

var (
	// assignment is a line that gives a variable a value.
	assignment = lazyregexp.New(`^(\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*)([^\r\n]*)`)
	// asking is a value that evidently asks for another one.
	asking = lazyregexp.New(`(?i)^$|^<.*>$|^\[.*\]$|^\{.*\}$|^\.\.\.$|^x{3,}$|^(?:please[-_ ]?)?(?:change|replace)[-_ ]?(?:me|this|it|with|your|in)(?:[^a-z]|$)|^(?:todo|tbd|fixme|placeholder)$|^(?:put|enter|insert|add|set)[-_ ]your[-_ ]|^your[-_ ]|^your(?:super)?(?:secret|key|token|password)|^my[-_ ](?:secret|password|token|key)$|[-_ ]here$`)
	// remark is a comment behind a value, with the space before it.
	remark = lazyregexp.New(`(?:^|\s+)#.*$`)
)

// Open lists the variables that an example leaves to the user, in their order. A
// variable that a later line sets is not among them.
func Open(text string) []Blank {
	var blanks []Blank
	help := ""
	for i, line := range unquoted(text) {
		m := assignment.FindStringSubmatch(line)
		if m == nil {
			if help = ""; strings.HasPrefix(strings.TrimSpace(line), "#") && !assignment.MatchString(strings.TrimLeft(line, "# \t")) {
				help = strings.Trim(line, "# \t\r\n")
			}
			continue
		}
		name := m[2]
		value, note := split(m[3])
		if note = strings.Trim(note, "# \t"); note != "" {
			help = note
		}
		blanks = slices.DeleteFunc(blanks, func(b Blank) bool { return b.Name == name })
		if IsOpen(value) {
			blanks = append(blanks, Blank{name, i + 1, help})
		}
		help = ""
	}
	return blanks
}

// IsOpen says whether a value evidently stands for one that the user chooses.
func IsOpen(value string) bool { return asking.MatchString(strings.Trim(value, `"' `)) }

// split divides what follows the "=" into the value and a comment with the space before it.
func split(text string) (value, note string) {
	from := 0
	if text != "" && strings.IndexByte(`"'`, text[0]) >= 0 {
		if from = strings.IndexByte(text[1:], text[0]) + 2; from < 2 {
			return text, ""
		}
	}
	at := remark.FindStringIndex(text[from:])
	if at == nil {
		return text, ""
	}
	return text[:from+at[0]], text[from+at[0]:]
}

// Fill gives the variables of an example that are left to the user their values: each
// in the line where it stands.
func Fill(text string, values []Value) string {
	byLine := map[int]string{}
	for _, b := range Open(text) {
		for _, v := range values {
			if v.Name == b.Name {
				byLine[b.Line] = quote(v.Value)
			}
		}
	}
	var filled strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		n++
		if value, ok := byLine[n]; ok {
			m := assignment.FindStringSubmatch(line)
			_, note := split(m[3])
			line = strings.TrimRight(m[1], " \t") + value + note + strings.TrimPrefix(line, m[0])
		}
		filled.WriteString(line)
	}
	return filled.String()
}

// Append adds variables at the end of a text, below a line that says where they are from.
func Append(text, heading string, values []Value) string {
	end := "\n"
	if strings.Contains(text, "\r\n") {
		end = "\r\n"
	}
	var b strings.Builder
	b.WriteString(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		b.WriteString(end)
	}
	b.WriteString("# " + heading + end)
	for _, v := range values {
		b.WriteString(v.Name + "=" + quote(v.Value) + end)
	}
	return b.String()
}

// unquoted are the lines of a text, where those that a quoted value goes on in are empty.
func unquoted(text string) []string {
	var lines []string
	open := byte(0)
	for line := range strings.Lines(text) {
		if open != 0 {
			if strings.IndexByte(line, open) >= 0 {
				open = 0
			}
			lines = append(lines, "")
			continue
		}
		if m := assignment.FindStringSubmatch(line); m != nil && m[3] != "" && strings.IndexByte(`"'`, m[3][0]) >= 0 && strings.IndexByte(m[3][1:], m[3][0]) < 0 {
			open = m[3][0]
		}
		lines = append(lines, line)
	}
	return lines
}

var plainValue = lazyregexp.New(`^[A-Za-z0-9_./:@%+,~-]*$`)

// quote is a value as it is read back by every reader of such files: plain where that is
// enough, else in single quotes, which keep everything, else in double ones.
func quote(value string) string {
	switch {
	case plainValue.MatchString(value):
		return value
	case !strings.ContainsAny(value, `'\`):
		return "'" + value + "'"
	default:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(value) + `"`
	}
}
