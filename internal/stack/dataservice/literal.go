package dataservice

import (
	"maps"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Constants are the texts that sources give names, as they are written: the names with which
// code puts an address together. Those of one file count before those of others.
type Constants map[string]string

// literal is a text in quotes in one line.
const literal = `(?:"[^"\n]*"|'[^'\n]*'|` + "`[^`\n]*`" + `)`

var (
	assigned = lazyregexp.New(`(?m)(?:^|[\s;{(])(?:\$|this\.|\$this->|self\.)?([A-Za-z_]\w*)(?:[ \t]+string)?(?:[ \t]*:[ \t]*[&\w' ]+)?[ \t]*:?=[ \t]*((?:(?:fmt\.S|s)printf\(|String\.format\()?` + literal + `(?:[^;\n"']|` + literal + `)*)`)
	defined  = lazyregexp.New(`\bdefine\(\s*["'](\w+)["']\s*,\s*(["'][^"'\n]*["'])\s*\)`)
)

// ConstantsIn are those that a program's files give names that other files use.
func ConstantsIn(files []tree.File) Constants {
	all := Constants{}
	for _, file := range files {
		if !stack.HasOne(file.Text, "localhost", "127.0.0.1", "HOST", "Host", "DB_", "DB", "@tcp(") {
			continue
		}
		for name, value := range constantsOf(file.Text, nil) {
			if _, known := all[name]; !known && strings.ToLower(name[:1]) != name[:1] {
				all[name] = value
			}
		}
	}
	return all
}

// constantsOf are those of one text, above others.
func constantsOf(text string, others Constants) Constants {
	all := Constants{}
	maps.Copy(all, others)
	for _, pattern := range []*lazyregexp.Regexp{assigned, defined} {
		for _, m := range pattern.FindAllStringSubmatch(text, 400) {
			all[m[1]] = m[2]
		}
	}
	return all
}

// unknown stands for what the code fills in.
const unknown = "%s"

// text is what an expression of literals, names and what joins them stands for, as far as it is
// known; %s stands for the rest.
func (c Constants) text(expression string) string {
	steps := 60 // a bound of how many names are looked up
	return c.value(expression, &steps)
}

func (c Constants) value(expression string, steps *int) string {
	var out strings.Builder
	text := strings.TrimSpace(expression)
	for text != "" && *steps > 0 && out.Len() < 1000 {
		switch {
		case strings.ContainsRune(`"'`+"`", rune(text[0])):
			quoted, rest := cutLiteral(text)
			if text[0] != '\'' {
				quoted = c.filled(quoted, steps)
			}
			out.WriteString(quoted)
			text = rest
		case strings.ContainsRune(".+ \t\n", rune(text[0])):
			text = text[1:]
		default:
			word := nameIn.FindString(text)
			if word == "" {
				return out.String() // the end of the statement
			}
			text = strings.TrimLeft(text[len(word):], " \t")
			if strings.HasPrefix(text, "(") {
				arguments := argumentsOf(text)
				text = text[len(arguments):]
				out.WriteString(c.call(word, arguments, steps))
				continue
			}
			out.WriteString(c.named(word, steps))
		}
	}
	return out.String()
}

var (
	nameIn   = lazyregexp.New(`^&?\$?[A-Za-z_]\w*(?:(?:->|::\$?|\.)[A-Za-z_]\w*)*`)
	lastName = lazyregexp.New(`[A-Za-z_]\w*$`)
	inText   = lazyregexp.New(`\{?\$(?:\{|this->|self::)?([A-Za-z_]\w*)(?:->([A-Za-z_]\w*))?\}{0,2}`)
	verbs    = lazyregexp.New(`%[+#]?[sdvq]`)
)

// named is what a name stands for.
func (c Constants) named(word string, steps *int) string {
	if *steps--; *steps > 0 {
		if value, ok := c[lastName.FindString(word)]; ok {
			return c.value(value, steps)
		}
	}
	return unknown
}

// filled is a literal with the names in it filled in, as PHP and others write them.
func (c Constants) filled(quoted string, steps *int) string {
	if !strings.Contains(quoted, "$") {
		return quoted
	}
	return inText.ReplaceAllStringFunc(quoted, func(found string) string {
		return c.named(strings.TrimRight(found, "}"), steps)
	})
}

// call is what a call gives, of which those that format a text are known.
func (c Constants) call(name, arguments string, steps *int) string {
	if !slices.Contains([]string{"fmt.Sprintf", "sprintf", "String.format"}, name) {
		return unknown
	}
	parts := stack.Arguments("," + arguments[1:])
	if len(parts) == 0 {
		return unknown
	}
	i := 0
	return verbs.ReplaceAllStringFunc(c.value(parts[0], steps), func(string) string {
		if i++; i < len(parts) {
			return c.value(parts[i], steps)
		}
		return unknown
	})
}

// cutLiteral is the literal that a text begins with, and the rest.
func cutLiteral(text string) (quoted, rest string) {
	end := strings.IndexByte(text[1:], text[0])
	if end < 0 {
		return "", ""
	}
	return text[1 : 1+end], text[end+2:]
}

// withoutNames is an address without the names of variables that constants hold: DB_USER = "DB_USER".
func withoutNames(a Address, variables []Named) Address {
	for _, text := range []*string{&a.Host, &a.User, &a.Password, &a.Name} {
		if slices.ContainsFunc(variables, func(v Named) bool { return v.Name == *text }) {
			*text = ""
		}
	}
	return a
}

// Read is a variable from which code takes a part of an address.
type Read struct {
	Variable string
	Part     Part
}

// readArgument is one that a variable gives.
var readArgument = lazyregexp.New(`(?i)["']?\b(engine|dialect|host|hostname|server|user|username|password|passwd|database|db|dbname|name|port)["']?\s*(?:[:=]|=>)\s*(?:\w+\(\s*)?` +
	`(?:(?:os\.)?getenv\(|(?:os\.)?environ(?:\.get\(|\[)|env(?:\.\w+)?\(|config\(|get_env\w*\(|get_secret\(|env_var\(|process\.env\.|process\.env\[|ENV\[|ENV\.fetch\()\s*["']?([A-Za-z_]\w*)`)

// readsIn are the variables that give arguments.
func readsIn(block string) []Read {
	var reads []Read
	for _, m := range readArgument.FindAllStringSubmatch(block, 40) {
		part := map[string]Part{"engine": PartDriver, "dialect": PartDriver, "database": PartName, "db": PartName, "passwd": PartPassword}[strings.ToLower(m[1])]
		if part == NoPart {
			part = partWords[strings.ToUpper(m[1])]
		}
		if m[2] != "PORT" { // that of the server itself
			reads = append(reads, Read{m[2], part})
		}
	}
	return reads
}
