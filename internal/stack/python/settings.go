package python

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// https://docs.pydantic.dev/latest/concepts/pydantic_settings: each field of the class is a
// variable, and one without a default is required.
var (
	settingsClass = lazyregexp.New(`(?m)^([ \t]*)class\s+(\w+)\(([^)]*)\)\s*:[^\n]*$`)
	settingsField = lazyregexp.New(`^([A-Za-z]\w*)\s*:\s*([^=]+?)\s*(?:=\s*(.*))?$`)
	caseSensitive = lazyregexp.New(`\bcase_sensitive\s*=\s*True`)
	envPrefix     = lazyregexp.New(`\benv_prefix\s*=\s*["']([^"']*)["']`)
	fieldAlias    = lazyregexp.New(`\b(?:validation_alias|alias|env)\s*=\s*(?:AliasChoices\(\s*|\[\s*)?["']([^"']+)["']`)
	fieldDefault  = lazyregexp.New(`^(?:default\s*=\s*|default_factory\s*=\s*)(.*)$`)
	plainValue    = lazyregexp.New(`^(?:True|False|\d+(?:\.\d+)?)$`)
	literalType   = lazyregexp.New(`^(?:\w+\.)?Literal\[(.*)\]$`)
	choice        = lazyregexp.New(`["']([^"']*)["']`)
	listType      = lazyregexp.New(`\b(?i:list|set|frozenset|tuple|sequence)\[`)
	longText      = lazyregexp.New(`(?s)""".*?"""|'''.*?'''`)
	optionalType  = lazyregexp.New(`\bOptional\[|\|\s*None\b|\bNone\s*\|`)
	// A class of the project's own is filled from fields of its own.
	nestedType = lazyregexp.New(`^(?:\w+\.)?[A-Z]\w*(?:Settings|Config|Model)$`)
)

// settings are the variables of the settings classes in a source.
func settings(source tree.File) []stack.Use {
	if !strings.Contains(source.Text, "BaseSettings") {
		return nil
	}
	source.Text = longText.ReplaceAllStringFunc(source.Text, blank)
	var found []stack.Use
	bases := map[string]bool{"BaseSettings": true} // and what is derived of it
	for _, match := range settingsClass.FindAllStringSubmatchIndex(source.Text, -1) {
		is := false
		for base := range strings.SplitSeq(stack.Group(source.Text, match, 3), ",") {
			base = strings.TrimSpace(base)
			is = is || bases[base[strings.LastIndexByte(base, '.')+1:]]
		}
		if !is {
			continue
		}
		bases[stack.Group(source.Text, match, 2)] = true
		found = append(found, fieldsOf(source, match[1], len(stack.Group(source.Text, match, 1)))...)
	}
	return found
}

// blank is the text with nothing but its lines: a documentation may read like a field.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}

// fieldsOf are the fields of a class whose body begins at start, below an indent.
func fieldsOf(source tree.File, start, outer int) []stack.Use {
	body, inner := source.Text[start:], 0
	var found []stack.Use
	end := len(body)
	for offset := 0; offset < len(body); {
		line, _, _ := strings.Cut(body[offset:], "\n")
		next := offset + len(line) + 1
		text, indent := strings.TrimSpace(line), indentOf(line)
		switch {
		case text == "":
		case indent <= outer && offset > 0 && !strings.HasPrefix(text, ")"):
			end, next = offset, len(body)
		case inner == 0, indent == inner:
			inner = indent
			if u, ok := field(statement(body[offset:]), source, start+offset+indent); ok {
				found = append(found, u)
			}
		}
		offset = next
	}
	if m := envPrefix.FindStringSubmatch(body[:end]); m != nil {
		for i, u := range found {
			if u.Where.Text != aliased {
				found[i].Name = m[1] + u.Name
			}
		}
	}
	for i := range found {
		if !caseSensitive.MatchString(body[:end]) {
			found[i].Name = strings.ToUpper(found[i].Name)
		}
		found[i].Where.Text = found[i].Name
	}
	return found
}

// aliased marks a field whose variable does not carry the prefix, while the class is read.
const aliased = "alias"

// statement is a line, and those that brackets in it go on in.
func statement(text string) string {
	end := 0
	for {
		line, _, _ := strings.Cut(text[end:], "\n")
		at := strings.IndexAny(line, "([{")
		if at < 0 {
			return strings.Join(strings.Fields(text[:end+len(line)]), " ")
		}
		closing := stack.Closing(text[end+at+1:])
		if closing < 0 {
			return strings.TrimSpace(text[:end+len(line)])
		}
		end += at + 1 + closing + 1
	}
}

// field reads a line of a settings class: "name: type = default".
func field(line string, source tree.File, at int) (stack.Use, bool) {
	m := settingsField.FindStringSubmatch(line)
	if m == nil || m[1] == "model_config" || strings.HasPrefix(m[2], "ClassVar") || nestedType.MatchString(m[2]) {
		return stack.Use{}, false
	}
	u := stack.Use{Name: m[1], Where: source.At(at, "")}
	value := strings.TrimSpace(m[3])
	if alias := fieldAlias.FindStringSubmatch(m[2] + value); alias != nil {
		u.Name, u.Where.Text = alias[1], aliased
	}
	value = defaultOf(value)
	if l := literal.FindStringSubmatch(value); l != nil {
		u.Value = l[1] + l[2]
	}
	kind := strings.TrimSpace(strings.TrimSuffix(m[2], "| None"))
	u.Empty = kind == "str" || kind == "SecretStr"
	u.Number, u.Bool = kind == "int" || kind == "float", kind == "bool"
	if (u.Number || u.Bool) && plainValue.MatchString(value) {
		u.Value = value
	}
	u.List = listType.MatchString(m[2]) && !strings.Contains(m[2], "NoDecode")
	if choices := literalType.FindStringSubmatch(m[2]); choices != nil {
		for _, c := range choice.FindAllStringSubmatch(choices[1], -1) {
			u.Choices = append(u.Choices, c[1])
		}
	}
	u.Set = value != "" && value != "..." && value != "None"
	u.Required = (value == "" || value == "...") && !optionalType.MatchString(m[2])
	return u, true
}

// defaultOf is the default that a field's value stands for: of "Field(default, alias=…)" the
// argument.
func defaultOf(value string) string {
	inner, isField := strings.CutPrefix(value, "Field(")
	if !isField {
		return value
	}
	found := ""
	for i, argument := range stack.Arguments("," + inner) {
		if d := fieldDefault.FindStringSubmatch(argument); d != nil {
			found = d[1]
		} else if i == 0 && !named.MatchString(argument) {
			found = argument
		}
	}
	return found
}
