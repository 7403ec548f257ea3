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
	settingsClass   = lazyregexp.New(`(?m)^([ \t]*)class\s+(\w+)\(([^)]*)\)\s*:[^\n]*$`)
	settingsField   = lazyregexp.New(`^([A-Za-z]\w*)\s*:\s*([^=]+?)\s*(?:=\s*(.*))?$`)
	caseSensitive   = lazyregexp.New(`\bcase_sensitive\s*=\s*True`)
	nestedDelimiter = lazyregexp.New(`\benv_nested_delimiter\s*=\s*["']([^"']+)["']`)
	envPrefix       = lazyregexp.New(`\benv_prefix\s*=\s*["']([^"']*)["']`)
	fieldAlias      = lazyregexp.New(`\b(?:validation_alias|alias|env)\s*=\s*(?:AliasChoices\(\s*|\[\s*)?["']([^"']+)["']`)
	fieldDefault    = lazyregexp.New(`^(?:default\s*=\s*|default_factory\s*=\s*)(.*)$`)
	plainValue      = lazyregexp.New(`^(?:True|False|\d+(?:\.\d+)?)$`)
	literalType     = lazyregexp.New(`^(?:\w+\.)?Literal\[(.*)\]$`)
	choice          = lazyregexp.New(`["']([^"']*)["']`)
	listType        = lazyregexp.New(`\b(?i:list|set|frozenset|tuple|sequence)\[`)
	longText        = lazyregexp.New(`(?s)""".*?"""|'''.*?'''`)
	optionalType    = lazyregexp.New(`\bOptional\[|\|\s*None\b|\bNone\s*\|`)
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
	models := map[string][]classField{"BaseModel": nil, "BaseSettings": nil}
	for _, match := range settingsClass.FindAllStringSubmatchIndex(source.Text, -1) {
		is, model := false, false
		for base := range strings.SplitSeq(stack.Group(source.Text, match, 3), ",") {
			base = strings.TrimSpace(base)
			base = base[strings.LastIndexByte(base, '.')+1:]
			_, derived := models[base]
			is, model = is || bases[base], model || derived
		}
		if !model {
			continue
		}
		name := stack.Group(source.Text, match, 2)
		fields, body := fieldsOf(source, match[1], len(stack.Group(source.Text, match, 1)))
		models[name] = flat(fields, models)
		if is {
			bases[name] = true
			if nestedDelimiter.MatchString(body) {
				fields = models[name]
			}
			found = append(found, variables(fields, body)...)
		}
	}
	return found
}

// classField is a field of a class, as the variable without its prefix, and the type it has.
type classField struct {
	stack.Use
	kind    string
	aliased bool // its variable does not carry the prefix
}

// The classes of a repository can nest without end: more fields than this are not read.
const maxFields = 200

// nesting stands in a name for the delimiter, which the class that reads it all knows.
const nesting = "\x00"

// flat puts the fields of a model in the place of the field that it is the type of, as
// env_nested_delimiter has them read.
func flat(fields []classField, models map[string][]classField) []classField {
	var all []classField
	for _, f := range fields {
		inner, nested := models[f.kind]
		if !nested {
			all = append(all, f)
		}
		for _, i := range inner {
			i.Name = f.Name + nesting + i.Name
			i.Required = i.Required && f.Required
			i.aliased = f.aliased
			all = append(all, i)
		}
		if len(all) > maxFields {
			return all[:maxFields]
		}
	}
	return all
}

// variables are those that fill the fields of a settings class with this body.
func variables(fields []classField, body string) []stack.Use {
	var found []stack.Use
	prefix, delimiter := envPrefix.FindStringSubmatch(body), nestedDelimiter.FindStringSubmatch(body)
	for _, f := range fields {
		if nestedType.MatchString(f.kind) {
			continue
		}
		if prefix != nil && !f.aliased {
			f.Name = prefix[1] + f.Name
		}
		if delimiter != nil {
			f.Name = strings.ReplaceAll(f.Name, nesting, delimiter[1])
		}
		if !caseSensitive.MatchString(body) {
			f.Name = strings.ToUpper(f.Name)
		}
		f.Where.Text = f.Name
		found = append(found, f.Use)
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

// fieldsOf are the fields of a class whose body begins at start, below an indent, and its body.
func fieldsOf(source tree.File, start, outer int) ([]classField, string) {
	body, inner := source.Text[start:], 0
	var found []classField
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
			if f, ok := field(statement(body[offset:]), source, start+offset+indent); ok {
				found = append(found, f)
			}
		}
		offset = next
	}
	return found, body[:end]
}

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
func field(line string, source tree.File, at int) (classField, bool) {
	m := settingsField.FindStringSubmatch(line)
	if m == nil || m[1] == "model_config" || strings.HasPrefix(m[2], "ClassVar") {
		return classField{}, false
	}
	u := classField{Use: stack.Use{Name: m[1], Where: source.At(at, "")}, kind: m[2]}
	value := strings.TrimSpace(m[3])
	if alias := fieldAlias.FindStringSubmatch(m[2] + value); alias != nil {
		u.Name, u.aliased = alias[1], true
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
