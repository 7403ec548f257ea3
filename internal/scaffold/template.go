package scaffold

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"text/template"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/templates"
)

// projectFolder is the folder of templates for the repository as a whole.
const projectFolder = "project"

// render fills in the template of the file with that path under stacks.
func render(name string, data any) ([]byte, error) {
	name = path.Join("stacks", name) + ".tmpl"
	text, err := templates.FS.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("template of %s: %w", name, err)
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{
		"env":   envValue,
		"json":  jsonValue,
		"path":  dockerText,
		"copy":  copyWords,
		"shell": shellCommand,
		"yaml":  yamlScalar,
	}).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

var (
	plainWord   = lazyregexp.New(`^[A-Za-z0-9_./:@%+=,-]+$`)
	plainScalar = lazyregexp.New(`^[A-Za-z_./][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$`)
	plainURL    = lazyregexp.New(`^\$\{DEVUP_[A-Z0-9_]+:-http://localhost:[0-9]+\}[A-Za-z0-9_./-]*$`)
	reserved    = lazyregexp.New(`(?i)^(true|false|yes|no|on|off|y|n|null|\.nan|\.inf)$`)
)

// yamlScalar writes a string as a YAML scalar, plain where that is the same string.
func yamlScalar(s string) string {
	if (plainScalar.MatchString(s) || plainURL.MatchString(s)) && !reserved.MatchString(s) {
		return s
	}
	return jsonText(s)
}

// jsonValue writes a string, or a list of strings on one line with spaces after
// the commas, as Dockerfiles have them.
func jsonValue(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return jsonText(v), nil
	case []string:
		words := make([]string, len(v))
		for i, s := range v {
			words[i] = jsonText(s)
		}
		return "[" + strings.Join(words, ", ") + "]", nil
	default:
		return "", fmt.Errorf("no JSON form for %T", v)
	}
}

// jsonText is s as a JSON string, which is a YAML one too, without the escapes
// that are only for HTML.
func jsonText(s string) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string always has a JSON form
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// envValue writes the value of an ENV or ARG instruction, which knows quotes,
// backslashes and variables but no way to write a line end.
func envValue(s string) (string, error) {
	if plainWord.MatchString(s) {
		return s, nil
	}
	if strings.ContainsAny(s, "\r\n\x00") {
		return "", fmt.Errorf("a Dockerfile cannot hold the value %q", s)
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(s) + `"`, nil
}

// shellCommand writes a command in exec form as one line for sh.
func shellCommand(words []string) (string, error) {
	quoted := make([]string, len(words))
	for i, w := range words {
		if strings.ContainsAny(w, "\r\n\x00") {
			return "", fmt.Errorf("a Dockerfile cannot hold the word %q", w)
		}
		quoted[i] = shellWord(w)
	}
	return strings.Join(quoted, " "), nil
}

// shellWord quotes a word for sh where it needs to be.
func shellWord(w string) string {
	if plainWord.MatchString(w) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// dockerText keeps Docker from reading a variable into a path.
func dockerText(s string) string { return strings.ReplaceAll(s, "$", `\$`) }
