package egress

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// installer is a program that installs packages.
type installer struct {
	client string   // whose settings it reads
	verbs  []string // the subcommands that install; nil for all
	bare   bool     // installs without a subcommand too
}

// installers are the programs by name. A program that installs the packages of the system
// has the client "system", for which only credentials of proxies count.
var installers = func() map[string]installer {
	apt := installer{"system", []string{"install", "update", "upgrade", "dist-upgrade", "build-dep"}, false}
	rpm := installer{"system", []string{"install", "update", "upgrade", "makecache", "groupinstall", "in", "ref", "refresh"}, false}
	maven := installer{"maven", nil, false}
	gradle := installer{"gradle", nil, true}
	bundler := installer{"ruby", []string{"install", "update", "add"}, true}
	conda := installer{"conda", []string{"install", "create", "env", "update"}, false}
	return map[string]installer{
		"npm":  {"npm", []string{"ci", "i", "install", "add", "update", "up", "install-clean", "clean-install", "install-test", "it", "install-ci-test", "cit"}, false},
		"yarn": {"npm", []string{"install", "add", "up", "upgrade", "workspaces", "global", "focus"}, true},
		"pnpm": {"npm", []string{"i", "install", "fetch", "add", "update", "up", "ci", "install-test", "it", "deploy"}, false},
		"bun":  {"npm", []string{"i", "install", "add", "update", "ci"}, false},

		"pip":    {"pip", []string{"install", "download", "wheel"}, false},
		"pipenv": {"pip", []string{"install", "sync", "update"}, false},
		"poetry": {"pip", []string{"install", "add", "update", "sync"}, false},
		"pdm":    {"pip", []string{"install", "add", "update", "sync"}, false},
		"pipx":   {"pip", []string{"install", "inject"}, false},
		"uv":     {"pip", []string{"sync", "add", "pip", "tool"}, false},

		"mvn": maven, "mvnw": maven, "gradle": gradle, "gradlew": gradle,
		"cargo":    {"cargo", []string{"build", "b", "fetch", "install", "run", "test", "check", "update", "vendor", "chef"}, false},
		"go":       {"go", []string{"mod", "get", "install", "build", "run", "test"}, false},
		"composer": {"composer", []string{"install", "i", "update", "require", "create-project"}, false},
		"bundle":   bundler, "bundler": bundler, "gem": {"ruby", []string{"install", "update"}, false},
		"dotnet": {"dotnet", []string{"restore", "build", "publish", "test", "add", "tool"}, false},
		"conda":  conda, "mamba": conda, "micromamba": conda,

		"apt": apt, "apt-get": apt, "aptitude": apt, "dnf": rpm, "microdnf": rpm, "tdnf": rpm, "yum": rpm, "zypper": rpm,
		"apk": {"system", []string{"add", "update", "upgrade", "fetch"}, false},
	}
}()

// Installs says for which package clients the command of a RUN step installs packages, each
// once and sorted: "npm" stands for all that read .npmrc, "pip" for all that read pip.conf,
// "system" for the packages of the distribution. None means that it is no install step, such
// as a script that installs something on its own. command is the text for a shell.
func Installs(command string) []string { return installs(command, 3) }

// InstallsExec is [Installs] for a command in exec form.
func InstallsExec(words []string) []string { return sorted(ofWords(words, 3)) }

// installs follows shells that are given their command as an argument, depth times.
func installs(command string, depth int) []string {
	var clients []string
	for _, words := range Commands(command) {
		clients = append(clients, ofWords(words, depth)...)
	}
	return sorted(clients)
}

func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// ofWords is for one simple command.
func ofWords(words []string, depth int) []string {
	words = withoutWrappers(words)
	if len(words) == 0 {
		return nil
	}
	name := strings.TrimSuffix(path.Base(words[0]), ".exe")
	switch {
	case slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh", "su"}, name):
		return ofShell(words[1:], depth)
	case pythonName.MatchString(name):
		at := slices.Index(words, "-m")
		if at < 0 || at+1 == len(words) {
			return nil
		}
		words = words[at+1:]
		name = words[0]
	case pipName.MatchString(name):
		name = "pip"
	}
	known, ok := installers[name]
	verb := subcommand(words[1:])
	if !ok || verb == "" && !known.bare || verb != "" && known.verbs != nil && !slices.Contains(known.verbs, verb) {
		return nil
	}
	return []string{known.client}
}

var (
	pythonName = lazyregexp.New(`^(python|pypy)[0-9.]*$`)
	pipName    = lazyregexp.New(`^pip[0-9.]*$`)
	assignment = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*\+?=`)
)

// ofShell is for the command that a shell gets as an argument: sh -ec "npm ci".
func ofShell(words []string, depth int) []string {
	for i, word := range words {
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.HasSuffix(word, "c") && i+1 < len(words) && depth > 0 {
			return installs(words[i+1], depth-1)
		}
	}
	return nil
}

// wrappers run the command behind them; the number says how many arguments of their own
// that are no flags come before it.
var wrappers = map[string]int{
	"if": 0, "then": 0, "else": 0, "elif": 0, "while": 0, "until": 0, "do": 0, "!": 0, "time": 0, "exec": 0, "command": 0,
	"env": 0, "sudo": 0, "nohup": 0, "nice": 0, "corepack": 0, "timeout": 1, "gosu": 1, "su-exec": 1,
}

// withoutWrappers drops what comes before the program that a simple command runs.
func withoutWrappers(words []string) []string {
	for len(words) > 0 {
		own, wraps := wrappers[path.Base(words[0])]
		switch {
		case assignment.MatchString(words[0]):
			words = words[1:]
			continue
		case !wraps:
			return words
		}
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0], "-") || own > 0) {
			if !strings.HasPrefix(words[0], "-") {
				own--
			}
			words = words[1:]
		}
	}
	return nil
}

// valued are the flags before a subcommand whose value is a word of its own.
var valued = []string{
	"--prefix", "-C", "--cwd", "--dir", "--directory", "--project", "--filter", "-F", "-w", "--workspace", "--registry",
	"--userconfig", "--cache", "--proxy", "--cert", "--index-url", "-f", "--file", "-o", "-c", "--config", "--cache-dir", "--log", "--python",
}

// subcommand is the first argument that is no flag.
func subcommand(arguments []string) string {
	for i := 0; i < len(arguments); i++ {
		switch {
		case slices.Contains(valued, arguments[i]):
			i++
		case !strings.HasPrefix(arguments[i], "-"):
			return arguments[i]
		}
	}
	return ""
}

// Commands are the simple commands in the text for a shell, each in words. What is quoted is one
// word, without the quotes. Nothing is expanded. A text that no shell would take has none.
func Commands(text string) [][]string {
	text = hereDocument.ReplaceAllString(text, "") // a Dockerfile has its content apart
	file, err := untrusted.ParseShell(text, syntax.RecoverErrors(8))
	if err != nil {
		return nil
	}
	var commands [][]string
	syntax.Walk(file, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			var words []string
			for _, arg := range call.Args {
				words = append(words, plainText(arg.Parts))
			}
			commands = append(commands, words)
		}
		return true
	})
	return commands
}

// plainText is a word without quotes and without what is expanded in it.
func plainText(parts []syntax.WordPart) string {
	var text strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			text.WriteString(escaped.ReplaceAllString(part.Value, "$1"))
		case *syntax.SglQuoted:
			text.WriteString(part.Value)
		case *syntax.DblQuoted:
			text.WriteString(plainText(part.Parts))
		}
	}
	return text.String()
}

var (
	escaped      = lazyregexp.New(`\\(?s:(.))`) // a character behind a backslash
	hereDocument = lazyregexp.New(`<<-?\s*["']?\w+["']?`)
)
