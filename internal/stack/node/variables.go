package node

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	processReads = lazyregexp.New(`\bprocess\.env(?:\??\.([A-Za-z_]\w*)|\[["']([A-Za-z_]\w*)["']\])(\s*=[^=>])?(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	metaReads    = lazyregexp.New(`\bimport\.meta\.env(?:\??\.([A-Za-z_]\w*)|\[["']([A-Za-z_]\w*)["']\])()(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	// ConfigService of NestJS.
	configReads = lazyregexp.New(`(?i:\bconfig\w*)\s*\.get(?:<[^>()]*>)?\(\s*["']([A-Z][A-Z0-9_]*)["']\s*(,\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	// The environment as an object that a module exports.
	objectReads  = lazyregexp.New(`(?:^|[^.\w$])env(?:\??\.([A-Z_]\w*)|\[["']([A-Z_]\w*)["']\])(\s*=[^=>])?(\s*(?:\|\||\?\?)\s*(?:["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `])?)?`)
	takes        = lazyregexp.New(`(?:const|let|var)\s*\{([^{}]*)\}\s*=\s*((?:process|import\.meta)\.)?env\b`)
	variableName = lazyregexp.New(`^[A-Z_][A-Z0-9_]*$`)
)

// uses are the variables that a source reads.
func uses(source tree.File) []stack.Use {
	text := source.Text
	found, object := imports(source)
	patterns := []*lazyregexp.Regexp{processReads, metaReads}
	if object {
		patterns = append(patterns, objectReads)
	}
	for _, pattern := range patterns {
		for _, match := range pattern.FindAllStringSubmatchIndex(text, -1) {
			if name := stack.Group(text, match, 1) + stack.Group(text, match, 2); stack.Group(text, match, 3) == "" && !defined(text, match) { // no assignment
				value := stack.Group(text, match, 5)
				required := match[8] < 0 && strings.HasPrefix(text[match[1]:], "!") && inCallAtTop(text, match[0])
				found = append(found, stack.Use{Name: name, Value: value, Set: match[8] >= 0 && !throws.MatchString(text[match[1]:]), Required: required, Where: source.At(match[0], name)})
			}
		}
	}
	for _, match := range configReads.FindAllStringSubmatchIndex(text, -1) {
		name := stack.Group(text, match, 1)
		found = append(found, stack.Use{Name: name, Value: stack.Group(text, match, 3), Set: match[4] >= 0, Where: source.At(match[0], name)})
	}
	for _, match := range takes.FindAllStringSubmatchIndex(text, -1) {
		if match[4] < 0 && !object {
			continue
		}
		for item := range strings.SplitSeq(stack.Group(text, match, 1), ",") {
			name, fallback, set := strings.Cut(item, "=")
			name, _, _ = strings.Cut(name, ":")
			if name = strings.TrimSpace(name); variableName.MatchString(name) {
				found = append(found, stack.Use{Name: name, Value: strings.Trim(strings.TrimSpace(fallback), `"'`), Set: set, Where: source.At(match[0], name)})
			}
		}
	}
	return slices.Concat(found, runtimeUses(source), schemaFields(source), checked(source), insistedOn(source))
}

// environments are the modules of which a source imports the environment. SvelteKit's static
// ones and Astro's export each variable by its name, the others all of them as env.
// https://svelte.dev/docs/kit/$env-static-private, https://docs.astro.build/en/guides/environment-variables/
var environments = lazyregexp.New(`\bimport\s*\{([^{}]*)\}\s*from\s*["'](\$env/(?:static|dynamic)/(?:private|public)|astro:env/(?:server|client)|(?:node:)?process)["']`)

// imports are the variables that a source imports, and whether it imports all of them as env.
// What a static module does not have ends the build and the server that imports it.
func imports(source tree.File) (found []stack.Use, object bool) {
	for _, match := range environments.FindAllStringSubmatchIndex(source.Text, -1) {
		static := strings.HasPrefix(stack.Group(source.Text, match, 2), "$env/static/")
		for item := range strings.SplitSeq(stack.Group(source.Text, match, 1), ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(item), " ")
			object = object || name == "env"
			if variableName.MatchString(name) {
				found = append(found, stack.Use{Name: name, Required: static, Where: source.At(match[0], name)})
			}
		}
	}
	return found, object
}

// defined says whether a place is a key that a bundler replaces by a value, as in
// `define: {"process.env.MODE": ...}`.
func defined(text string, match []int) bool {
	end := match[1]
	return match[0] > 0 && end < len(text) && text[match[0]-1] == text[end] && strings.ContainsRune("\"'`", rune(text[end])) && strings.HasPrefix(strings.TrimSpace(text[end+1:]), ":")
}

// schema is a library that checks the environment by a schema, in which each field is a
// variable.
type schema struct {
	in       *lazyregexp.Regexp // a source that uses it for the environment
	field    *lazyregexp.Regexp // the name of a field, up to what is said of it
	optional *lazyregexp.Regexp // what makes a field optional; nil where fields are
	required *lazyregexp.Regexp // what makes a field required; nil where fields are
	value    *lazyregexp.Regexp // a literal default
}

var schemas = []schema{
	{ // https://zod.dev and https://env.t3.gg, which takes fields of zod
		in:       lazyregexp.New(`\bprocess\.env\b|\bcreateEnv\(|\bimport\.meta\.env\b`),
		field:    lazyregexp.New(`(?m)(?:^|[{,])\s*["']?([A-Z][A-Z0-9_]*)["']?\s*:\s*z\s*\.`),
		optional: lazyregexp.New(`\.(?:optional|nullish|default|catch|prefault)\(|\bz\.(?:preprocess|literal\(undefined)`),
		value:    lazyregexp.New(`\.default\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`),
	},
	{ // https://github.com/af/envalid
		in:       lazyregexp.New(`\bcleanEnv\(`),
		field:    lazyregexp.New(`(?m)(?:^|[{,])\s*["']?([A-Z][A-Z0-9_]*)["']?\s*:\s*(?:\w+\.)?(?:str|bool|num|email|host|port|url|json|nonEmptyStr|make\w*)(?:<[^>]*>)?\(`),
		optional: lazyregexp.New(`\b(?:default|devDefault)\s*:`),
		value:    lazyregexp.New(`\b(?:default|devDefault)\s*:\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`),
	},
	{ // https://joi.dev, as in the documentation of NestJS
		in:       lazyregexp.New(`\b[Jj]oi\b`),
		field:    lazyregexp.New(`(?m)(?:^|[{,])\s*["']?([A-Z][A-Z0-9_]*)["']?\s*:\s*[Jj]oi\s*\.`),
		optional: lazyregexp.New(`\.default\(`),
		required: lazyregexp.New(`\.required\(`),
		value:    lazyregexp.New(`\.default\(\s*["'` + "`" + `]([^"'` + "`" + `]*)["'` + "`" + `]`),
	},
}

var (
	nonEmpty = lazyregexp.New(`\.(?:min|nonempty|length|url|uuid|email|regex|startsWith|datetime|ip|required)\(`)
	numeric  = lazyregexp.New(`\bnumber\(|\bnum\(|\bport\(`)
	boolean  = lazyregexp.New(`\bbool(?:ean)?\(`)
	oneOf    = lazyregexp.New(`(?:\.enum\(\s*\[|\.valid\(|\bchoices\s*:\s*\[)([^\])]*)`)
	texts    = lazyregexp.New(`["']([^"']*)["']`)
	// A file in which people keep a schema of the environment.
	aboutEnv = lazyregexp.New(`(?i)(?:^|/)(?:env|config)[^/]*(?:/[^/]*)?$`)
)

// choicesIn are the values that a field of a schema admits; nil for any.
func choicesIn(said string) []string {
	var all []string
	if choices := oneOf.FindStringSubmatch(said); choices != nil {
		for _, c := range texts.FindAllStringSubmatch(choices[1], -1) {
			all = append(all, c[1])
		}
	}
	return all
}

// schemaFields are the variables that a source checks by a schema.
func schemaFields(source tree.File) []stack.Use {
	var found []stack.Use
	for _, s := range schemas {
		here := s.in.MatchString(source.Text)
		if !here && !aboutEnv.MatchString(source.Path) {
			continue
		}
		for _, match := range s.field.FindAllStringSubmatchIndex(source.Text, -1) {
			_, said, _ := strings.Cut(stack.Item(source.Text[match[3]:]), ":")
			u := stack.Use{Name: stack.Group(source.Text, match, 1), Set: s.optional.MatchString(said), Where: source.At(match[2], "")}
			if !here && !strings.Contains(u.Name, "_") {
				continue // of another object, more likely
			}
			u.Required = !u.Set && (s.required == nil || s.required.MatchString(said))
			u.Checked = u.Required
			u.Empty = strings.Contains(said, "string()") && !nonEmpty.MatchString(said)
			u.Number, u.Bool, u.Choices = numeric.MatchString(said), boolean.MatchString(said), choicesIn(said)
			if value := s.value.FindStringSubmatch(said); value != nil {
				u.Value = value[1]
			}
			u.Set = u.Set && (u.Value != "" || strings.Contains(said, "efault"))
			u.Where.Text = u.Name
			found = append(found, u)
		}
	}
	return found
}

var (
	throws = lazyregexp.New(`^\s*(?:\(\s*\(\s*\)\s*=>\s*)?\{?\s*(?:throw\b|process\.exit\b|fail\w*\(|raise\w*\()`)
	// An if at the top of a file that ends the program where a variable is not set.
	guard   = lazyregexp.New(`(?m)^if\s*\(([^\n{]*?)\)\s*(?:\{\s*)?(?:console\.\w+\([^\n]*\);?\s*|(?:log|logger)\.\w+\([^\n]*\);?\s*)?(?:throw\b|process\.exit\b)`)
	guarded = lazyregexp.New(`!\s*(?:process\.env\.)?([A-Za-z_]\w*)|process\.env\.(\w+)\s*===?\s*undefined`)
	bound   = lazyregexp.New(`(?:const|let|var)\s+(\w+)\s*(?::\s*[\w\s|]+)?=\s*process\.env\.([A-Za-z_]\w*)\s*(?:as\s+\w+\s*)?[;\n]`)
	// Functions that throw, by the names that people give them; the first is of NestJS.
	demands = lazyregexp.New(`(?i)\b(?:getOrThrow|(?:require|required|mustGet|assert|ensure)_?Env(?:Var|Variable)?|getRequired(?:Env)?(?:Var)?|getEnvOrThrow)\s*(?:<[^>]*>)?\(\s*["']([A-Z][A-Z0-9_]*)["']\s*\)`)
	// A list of names that a loop goes through.
	listed = lazyregexp.New(`(?i)\b\w*(?:required|mandatory)\w*\s*(?::\s*[\w\[\]<>]+\s*)?=\s*\[([^\]]*)\]`)
	quoted = lazyregexp.New(`["']([A-Z][A-Z0-9_]*)["']`)
	byName = lazyregexp.New(`process\.env\[\s*\w+\s*\]`)
	ends   = lazyregexp.New(`\bthrow\b|process\.exit\b`)
)

var (
	// strategyKeys are options without which a strategy of Passport throws when it is made.
	strategyKeys = lazyregexp.New(`\b(?:clientID|consumerKey|consumerSecret|secretOrKey)\s*:\s*process\.env\.([A-Za-z_]\w*)(?:\s+as\s+string|!)?\s*[,}\n]`)
	// insisting are clients that throw without their keys, made at the top of a file.
	insisting = lazyregexp.New(`(?m)^[^\s/*].*(?:\bnew\s+(?:Stripe|Resend|OpenAI|Groq|Anthropic|Razorpay)|\brequire\(["'](?:stripe|twilio)["']\)|\btwilio)\s*\(([^()]{0,300})\)`)
	bareRead  = lazyregexp.New(`process\.env\.([A-Za-z_]\w*)(?:\s+as\s+string|!)?\s*(?:[,}\n]|$)`)
)

// insistedOn are the variables without which a library throws when the program starts.
func insistedOn(source tree.File) []stack.Use {
	var found []stack.Use
	need := func(at int, name string) {
		if !stack.HasOne(source.Text, "if (process.env."+name, "&& process.env."+name) { // else it is left out
			found = append(found, stack.Use{Name: name, Required: true, Where: source.At(at, name)})
		}
	}
	if strings.Contains(source.Text, "Strategy") {
		for _, match := range strategyKeys.FindAllStringSubmatchIndex(source.Text, 20) {
			need(match[2], stack.Group(source.Text, match, 1))
		}
	}
	for _, match := range insisting.FindAllStringSubmatchIndex(source.Text, 20) {
		if strings.Contains(source.Text[match[0]:match[2]], "=>") {
			continue // made when it is called
		}
		for _, read := range bareRead.FindAllStringSubmatch(stack.Group(source.Text, match, 1), 5) {
			need(match[2], read[1])
		}
	}
	return found
}

// checked are the variables of which a source says itself that it does not start without them.
func checked(source tree.File) []stack.Use {
	text := source.Text
	found := guardedIn(source)
	need := func(at int, name string) {
		found = append(found, stack.Use{Name: name, Required: true, Checked: true, Where: source.At(at, name)})
	}
	for _, match := range processReads.FindAllStringSubmatchIndex(text, -1) {
		if match[8] >= 0 && match[10] < 0 && throws.MatchString(text[match[1]:]) {
			need(match[0], stack.Group(text, match, 1)+stack.Group(text, match, 2))
		}
	}
	for _, match := range demands.FindAllStringSubmatchIndex(text, -1) {
		need(match[0], stack.Group(text, match, 1))
	}
	if !byName.MatchString(text) || !ends.MatchString(text) {
		return found
	}
	for _, match := range listed.FindAllStringSubmatchIndex(text, -1) {
		for _, m := range quoted.FindAllStringSubmatch(stack.Group(text, match, 1), -1) {
			need(match[0], m[1])
		}
	}
	return found
}

// guardedIn are the variables without which an if at the top of a source ends the program.
func guardedIn(source tree.File) []stack.Use {
	text := source.Text
	variables := map[string]string{} // of the source, and of the environment
	for _, match := range bound.FindAllStringSubmatch(text, -1) {
		variables[match[1]] = match[2]
	}
	var found []stack.Use
	for _, match := range guard.FindAllStringSubmatchIndex(text, -1) {
		condition := stack.Group(text, match, 1)
		for _, m := range guarded.FindAllStringSubmatch(condition, -1) {
			name := m[1] + m[2]
			if !strings.Contains(m[0], "process.env.") {
				name = variables[name]
			}
			if name != "" && !strings.Contains(condition, "&&") {
				found = append(found, stack.Use{Name: name, Required: true, Checked: true, Where: source.At(match[0], name)})
			}
		}
	}
	return found
}

// opensCall ends a line at the top of a file whose call goes on below it.
var opensCall = lazyregexp.New(`^[^\s/}\])].*=\s*(?:await\s+)?(?:new\s+)?[\w.]+(?:<[^>]*>)?\(\s*[{\[]?\s*$`)

// inCallAtTop says whether a place is an argument of a call that runs when the file is loaded,
// as in `const db = neon(process.env.DATABASE_URL!)`. Whether anything else minds that a
// variable is missing, the source does not tell.
func inCallAtTop(text string, offset int) bool {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	line := text[start:offset]
	if line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
		return strings.HasSuffix(strings.TrimSpace(line), "(") && !strings.Contains(line, "=>")
	}
	for start > 0 {
		end := start - 1
		start = strings.LastIndexByte(text[:end], '\n') + 1
		if line := text[start:end]; strings.TrimSpace(line) != "" && line[0] != ' ' && line[0] != '\t' {
			return opensCall.MatchString(line)
		}
	}
	return false
}
