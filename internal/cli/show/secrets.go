package show

import (
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/secret"
)

// masking is what stands where the value of a secret was.
const masking = "[masked]"

// Masker masks the secrets of a project, whose files are in files and whose model may be nil.
func Masker(env *command.Env, files fs.FS, model *project.Project) secret.Mask {
	return secret.NewMask(slices.DeleteFunc(KnownVariables(env, files, model), func(v secret.Variable) bool { return !secret.HasName(v.Name) }), nil, "")
}

// Masked is a value as JSON has it, without secrets: those that m knows in any text, and all of what
// has the name of one.
func Masked(m secret.Mask, name string, value any) any {
	switch value := value.(type) {
	case string:
		if variable, rest, found := strings.Cut(value, "="); found && secret.HasName(variable) && rest != "" {
			return variable + "=" + masking
		}
		if secret.HasName(name) && value != "" {
			return masking
		}
		return m.Text(value)
	case map[string]any:
		for key := range value {
			value[key] = Masked(m, key, value[key])
		}
	case []any:
		for i := range value {
			value[i] = Masked(m, name, value[i])
		}
	}
	return value
}

// KnownVariables are the variables whose values a report must not hold: those of the
// project, as far as it can be read, and those of the process that look like secrets.
func KnownVariables(env *command.Env, files fs.FS, model *project.Project) []secret.Variable {
	var all []secret.Variable
	add := func(name, value string) { all = append(all, secret.Variable{Name: name, Value: value}) }
	process := env.Variables()
	for name, value := range process {
		if secret.HasName(name) {
			add(name, value)
		}
	}
	for _, line := range writtenVariables(files) {
		add(line.Name, line.Value)
	}
	for _, line := range credentials(env.ReadEgress()) {
		add(line.Name, line.Value)
	}
	if model == nil {
		return all
	}
	for name, value := range model.Environment {
		if process[name] != value {
			add(name, value)
		}
	}
	for _, s := range model.AllServices() {
		for _, v := range variablesOf(s) {
			add(v.Name, v.Value)
		}
	}
	for name, secret := range model.Secrets {
		add(name+"_secret", secret.Content)
	}
	return all
}

// variablesOf are the variables and build arguments of a service.
func variablesOf(s types.ServiceConfig) []secret.Variable {
	var all []secret.Variable
	lists := []types.MappingWithEquals{s.Environment}
	if s.Build != nil {
		lists = append(lists, s.Build.Args)
	}
	for _, list := range lists {
		for name, value := range list {
			if value != nil {
				all = append(all, secret.Variable{Name: name, Value: *value})
			}
		}
	}
	return all
}

// mostOfFile bounds how much is read of a file for what it may hold.
const mostOfFile = 256 << 10

// writtenVariables are what looks like variables in the env files of a directory, and like
// secrets in its config files: they count also where the project cannot be loaded.
func writtenVariables(files fs.FS) []secret.Variable {
	var all []secret.Variable
	for _, pattern := range []string{".env", ".env.*", "*.env", "*/.env", "*/.env.*", "*/*.env", "*.yaml", "*.yml"} {
		names, _ := fs.Glob(files, pattern) // the patterns are right
		config := strings.Contains(pattern, ".y")
		for _, name := range names {
			for _, v := range assignmentsIn(files, name) {
				if !config || secret.HasName(v.Name) {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// assignmentsIn reads the lines NAME=value and NAME: value of a file.
func assignmentsIn(files fs.FS, name string) []secret.Variable {
	file, err := files.Open(name)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, mostOfFile))
	if err != nil {
		return nil
	}
	var all []secret.Variable
	for line := range strings.Lines(string(text)) {
		line = strings.TrimLeft(strings.TrimSpace(line), `-"' `)
		at := strings.IndexAny(line, "=:")
		if at <= 0 || strings.HasPrefix(line, "#") {
			continue
		}
		all = append(all, secret.Variable{Name: strings.TrimPrefix(line[:at], "export "), Value: valueOf(line[at+1:])})
	}
	return all
}

// valueOf is the value of an assignment, without its quotes and what is said behind it.
func valueOf(text string) string {
	text = strings.TrimSpace(text)
	if text != "" && strings.ContainsRune(`"'`, rune(text[0])) {
		quoted, _, _ := strings.Cut(text[1:], text[:1])
		return quoted
	}
	text, _, _ = strings.Cut(text, " #")
	return strings.Trim(strings.TrimSpace(text), `"'`)
}

// credentials are those in the settings of package clients.
func credentials(s egress.Settings) []secret.Variable {
	var all []secret.Variable
	for _, client := range s.Clients {
		for line := range strings.Lines(string(s.Full(client.Name))) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			if secret.HasName(name) || strings.Contains(name, "_auth") {
				all = append(all, secret.Variable{Name: name, Value: strings.TrimSpace(value)})
			}
		}
	}
	return all
}
