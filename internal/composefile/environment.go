package composefile

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/symbol"
	"github.com/devup-cli/devup/internal/untrusted"
)

// environment is the process's environment, below it what env files say (those that are
// named, relative to dir, else .env in defaultDir), and below that what the user was asked
// for. An answer also takes the place of nothing in a file.
func environment(dir, defaultDir string, process map[string]string, named []string, answers func(string) []byte) (types.Mapping, error) {
	env, err := withEnvFiles(dir, defaultDir, process, named)
	if err != nil || answers == nil {
		return env, err
	}
	values, err := ReadVariables(filepath.Join(defaultDir, ".devup", ".env"), answers(defaultDir), symbol.NoValue)
	if err != nil {
		return nil, err
	}
	for name, value := range values {
		if _, own := process[name]; !own && env[name] == "" {
			env[name] = value
		}
	}
	return env, nil
}

// withEnvFiles is [environment] without the answers.
func withEnvFiles(dir, defaultDir string, process map[string]string, named []string) (types.Mapping, error) {
	env := maps.Clone(process)
	if env == nil {
		env = map[string]string{}
	}
	if list := env["COMPOSE_ENV_FILES"]; len(named) == 0 && list != "" {
		named = strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
	}
	files := named
	if len(named) == 0 {
		if off, _ := strconv.ParseBool(env["COMPOSE_DISABLE_ENV_FILE"]); off {
			return env, nil
		}
		files = []string{filepath.Join(defaultDir, ".env")}
	}
	fromFiles, reader := map[string]string{}, &envReader{}
	for _, name := range files {
		path := InHome(name, env["HOME"])
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		content, err := readEnv(path, len(named) > 0)
		if err != nil {
			return nil, err
		}
		values := map[string]string{}
		err = reader.text(envText{path: path, content: content}, values, func(name string) (string, bool) {
			return lookupFor(env, fromFiles, name)
		})
		if err != nil {
			return nil, err
		}
		maps.Copy(fromFiles, values)
	}
	for name, value := range fromFiles {
		if _, set := env[name]; !set {
			env[name] = value
		}
	}
	return env, nil
}

// InHome is a path in which a tilde at the beginning stands for the home directory, as
// where a shell leaves it alone: --env-file=~/own.env.
func InHome(path, home string) string {
	if len(path) > 1 && path[0] == '~' && os.IsPathSeparator(path[1]) && home != "" {
		return filepath.Join(home, path[2:])
	}
	return path
}

// readEnv reads an env file: one that the user named, or .env, which may be missing.
func readEnv(path string, named bool) ([]byte, error) {
	if !named {
		content, err := untrusted.ReadFile(path, maxEnvFile)
		return content, optional(path, err)
	}
	content, err := untrusted.ReadGiven(path, maxEnvFile)
	if err != nil {
		return nil, fail.Wrap(err, fail.Config, "", "the env file %s cannot be read", path)
	}
	return content, nil
}

// lookupFor resolves a variable inside an env file. What Gitpod and Codespaces
// would set is symbolic there too.
func lookupFor(env, earlier map[string]string, name string) (string, bool) {
	for _, m := range []map[string]string{env, earlier} {
		if v, ok := m[name]; ok {
			return v, true
		}
	}
	if slices.Contains(symbol.CloudVariables, name) {
		return symbol.Token(name), true
	}
	return "", false
}

var envLine = lazyregexp.New(`(?i)\bline (\d+)`)

// envFileError says what is wrong in an env file, without repeating the value: the
// library's own words hold it, so they are not the cause either, which --json shows.
func envFileError(t envText, err error) *fail.Error {
	text := err.Error()
	e := fail.New(fail.Config, "each line is NAME=value; a value with spaces or quotes is put into quotes", "the env file has a syntax error")
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		e.Cause = cause
	}
	e.File, e.CauseShown = t.path, true
	if m := envLine.FindStringSubmatch(text); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
	}
	switch {
	case strings.Contains(text, "unterminated quoted value"):
		e.Message, e.Hint = "a quote that opens in this line of the env file is not closed", ""
		e.Line = openQuote(t.content, e.Line)
	case strings.Contains(text, "key cannot contain a space"):
		e.Message = "the name of a variable has a space in it"
	case strings.Contains(text, "unexpected character"):
		e.Message = "the name of a variable has a character that cannot stand in one"
	case strings.Contains(text, "is a directory"):
		e.Message, e.Hint = "the env file is a directory", "name a file in it"
	case errors.Is(err, fs.ErrPermission):
		e.Message, e.Hint = "the env file may not be read", "check who may read it: ls -l"
	}
	return e
}

// openQuote is the last line from which on the file has a quote that is not closed:
// the library counts the line in which it gave up.
func openQuote(content []byte, line int) int {
	lines := strings.Split(string(content), "\n")
	for i := min(line, len(lines)) - 1; i >= 0; i-- {
		if _, value, ok := strings.Cut(lines[i], "="); ok && strings.ContainsAny(strings.TrimSpace(value)+" ", `"'`) {
			return i + 1
		}
	}
	return line
}
