package runfiles

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// EnvFile is a file of NAME=value lines.
type EnvFile struct {
	Path    string
	Loaded  bool // by the framework at run time; an example is not
	Entries []EnvEntry
	Open    map[string]bool // the variables that it leaves to the user
}

// EnvEntry is a NAME=value line.
type EnvEntry struct {
	Name, Value string
	Line        int
}

var envLine = lazyregexp.New(`^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]\s*(.*)$`)

func parseEnv(name, text string) EnvFile {
	env := EnvFile{Path: name, Loaded: stacks.IsEnvFile(path.Base(name)), Open: openIn(text)}
	known := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		match := envLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		value := Expand(unquote(match[2]), known) // of the lines before it
		known[match[1]] = value
		env.Entries = append(env.Entries, EnvEntry{match[1], value, i + 1})
	}
	return env
}

// unquote takes the quotes, or the comment behind an unquoted value, away.
func unquote(value string) string {
	value = strings.TrimSpace(value)
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return value[1 : 1+end]
		}
	}
	if i := strings.Index(value, " #"); i >= 0 {
		value = value[:i]
	}
	return strings.TrimSpace(value)
}

// Value is the first value of a variable; empty for none.
func (e EnvFile) Value(name string) string {
	for _, entry := range e.Entries {
		if entry.Name == name {
			return entry.Value
		}
	}
	return ""
}

// At is where a variable stands.
func (e EnvFile) At(name string) tree.Evidence {
	for _, entry := range e.Entries {
		if entry.Name == name {
			return tree.At(e.Path, entry.Line, name)
		}
	}
	return tree.Evidence{File: e.Path}
}

// EnvFilesIn are the env files of a directory. Those for production, staging or tests
// say nothing about development.
func EnvFilesIn(t *tree.Tree, dir string) []EnvFile {
	f := t.Directory(dir)
	var loaded, examples []EnvFile
	for _, name := range f.Names {
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, ".env") && !stacks.IsEnvFile(name) && !strings.HasSuffix(lower, ".env") {
			continue
		}
		if stack.HasOne(lower, "prod", "test", "stag", ".envrc") {
			continue
		}
		full := path.Join(dir, name)
		env := parseEnv(full, tree.BlankComments(strings.TrimPrefix(t.Text(full), "\ufeff"), "#"))
		if env.Loaded {
			loaded = append(loaded, env)
		} else {
			examples = append(examples, env)
		}
	}
	return append(loaded, examples...)
}

// openIn are the variables that an example leaves to the user.
func openIn(text string) map[string]bool {
	open := map[string]bool{}
	for _, blank := range envfile.Open(text) {
		open[blank.Name] = true
	}
	return open
}

// LoadedEnv are the values of the .env file of a directory, as Compose reads it.
func LoadedEnv(t *tree.Tree, dir string) map[string]string {
	env := map[string]string{}
	for _, file := range EnvFilesIn(t, dir) {
		for _, entry := range file.Entries {
			if path.Base(file.Path) == ".env" {
				env[entry.Name] = entry.Value
			}
		}
	}
	return env
}
