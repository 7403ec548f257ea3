package detect

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/tree"
)

// envFile is a file of NAME=value lines.
type envFile struct {
	path    string
	loaded  bool // by the framework at run time; an example is not
	entries []envEntry
	open    map[string]bool // the variables that it leaves to the user
}

type envEntry struct {
	name, value string
	line        int
}

var envLine = lazyregexp.New(`^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]\s*(.*)$`)

func parseEnv(name, text string) envFile {
	env := envFile{path: name, loaded: stacks.IsEnvFile(path.Base(name)), open: openIn(text)}
	known := map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		match := envLine.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		value := expand(unquote(match[2]), known) // of the lines before it
		known[match[1]] = value
		env.entries = append(env.entries, envEntry{match[1], value, i + 1})
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

func (e envFile) value(name string) string {
	for _, entry := range e.entries {
		if entry.name == name {
			return entry.value
		}
	}
	return ""
}

func (e envFile) at(name string) Evidence {
	for _, entry := range e.entries {
		if entry.name == name {
			return tree.At(e.path, entry.line, name)
		}
	}
	return Evidence{File: e.path}
}

// envsOf are the env files of a directory. Those for production, staging or tests
// say nothing about development.
func envsOf(t *tree.Tree, dir string) []envFile {
	f := t.Directory(dir)
	if f == nil {
		return nil
	}
	var loaded, examples []envFile
	for _, name := range f.Names {
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, ".env") && !stacks.IsEnvFile(name) && !strings.HasSuffix(lower, ".env") {
			continue
		}
		if stack.HasOne(lower, "prod", "test", "stag", ".envrc") {
			continue
		}
		full := path.Join(dir, name)
		env := parseEnv(full, tree.BlankComments(t.Text(full), "#"))
		if env.loaded {
			loaded = append(loaded, env)
		} else {
			examples = append(examples, env)
		}
	}
	return append(loaded, examples...)
}
