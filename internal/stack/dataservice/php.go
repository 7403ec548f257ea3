package dataservice

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	phpConnects = lazyregexp.New(`\b(?:new\s+\\?(PDO|mysqli)|(mysqli_connect))\s*\(`)
	phpDSN      = lazyregexp.New(`["'](mysql|pgsql|sqlite|sqlsrv):`)
	phpFields   = lazyregexp.New(`(?i)\b(host|server|port|dbname|database|user|password)=([^;,\s]*)`)
	// phpValues are variables, properties and constants with what they are set to.
	phpValues = lazyregexp.New(`(?:\$(\w+)\s*=|\bconst\s+(\w+)\s*=|\bdefine\(\s*["'](\w+)["']\s*,)((?:"[^"\n]*"|'[^'\n]*'|[^;\n"'])*)`)
	phpToken  = lazyregexp.New(`"([^"\n]*)"|'([^'\n]*)'|\$this->(\w+)|\$(\w+)|\b(?:self|static)::\$?(\w+)|([A-Za-z_\\][\w\\]*)|(\d+)|([,()])`)
	phpFilled = lazyregexp.New(`\{?\$(?:this->)?(\w+)\}?`)
)

// phpClues read the arguments of code of PHP that connects to a database, also where they are
// variables or constants of the same file: https://www.php.net/manual/pdo.construct.php,
// https://www.php.net/manual/mysqli.construct.php.
func phpClues(file tree.File) []Clue {
	if path.Ext(file.Path) != ".php" || !stack.HasOne(file.Text, "PDO", "mysqli") {
		return nil
	}
	code := phpCode{}
	for _, m := range phpValues.FindAllStringSubmatch(file.Text, maxClues) {
		if name := m[1] + m[2] + m[3]; code[name] == "" {
			code[name] = m[4]
		}
	}
	var clues []Clue
	for _, m := range phpConnects.FindAllStringSubmatchIndex(file.Text, 8) {
		text := argumentsOf(file.Text[m[1]-1:])
		clue := Clue{Service: "mysql", Literal: true, Evidence: file.At(m[0], strings.TrimRight(file.Text[m[0]:m[1]], "( "))}
		given := append(code.arguments(strings.Trim(text, "()"), 2), "", "", "", "")
		if stack.Group(file.Text, m, 1) == "PDO" {
			kind, rest, _ := strings.Cut(given[0], ":")
			if rest == "" { // a call puts it together
				if shown := phpDSN.FindStringSubmatch(file.Text); shown != nil {
					kind = shown[1]
				}
			}
			if clue.Service = ofDialect(kind); clue.Service == "" {
				continue
			}
			for _, field := range phpFields.FindAllStringSubmatch(rest, -1) {
				clue.Address.set(strings.ToLower(field[1]), field[2])
			}
			clue.Address.set("user", given[1])
			clue.Address.set("password", given[2])
		} else {
			clue.Address = Address{Host: given[0], Login: Login{User: given[1], Password: given[2], Name: given[3]}}
		}
		if clue.Service == SQLite {
			clue.Address = Address{}
		}
		clue.Address = clue.Address.literals()
		clue.Fixed = clue.Address.Host != ""
		clues = append(clues, clue)
	}
	return clues
}

// phpCode has the expressions to which the variables and constants of a source are set.
type phpCode map[string]string

// arguments gives what each argument of a call is, as far as literals say it; empty for what
// another call or a name from elsewhere gives. Names are followed to a depth.
func (c phpCode) arguments(text string, depth int) []string {
	all, open, unknown := []string{""}, 0, false
	end := func() {
		if unknown {
			all[len(all)-1] = ""
		}
		unknown = false
	}
	for _, m := range phpToken.FindAllStringSubmatch(text, 60) {
		value, known := m[2]+m[7], true
		switch name := m[3] + m[4] + m[5] + m[6]; {
		case m[8] == "(":
			open, unknown = open+1, true
			continue
		case m[8] == ")":
			open--
			continue
		case open > 0:
			continue
		case m[8] == ",":
			end()
			all = append(all, "")
			continue
		case name != "":
			value, known = c.value(name, depth)
		case m[1] != "":
			value = phpFilled.ReplaceAllStringFunc(m[1], func(filled string) string {
				value, _ := c.value(phpFilled.FindStringSubmatch(filled)[1], depth)
				return value
			})
		}
		unknown = unknown || !known
		all[len(all)-1] += value
	}
	end()
	return all
}

// value is what a variable or a constant is set to.
func (c phpCode) value(name string, depth int) (value string, known bool) {
	expression, known := c[name]
	if !known || depth == 0 {
		return "", false
	}
	return c.arguments(expression, depth-1)[0], true
}
