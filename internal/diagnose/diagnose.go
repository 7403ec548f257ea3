// Package diagnose finds in the text of a failure what is the matter: in the output of a
// build, a log, what a command printed, the words of an engine on a container, a pull or
// a push.
//
// [Explain] is the one way in. What it knows is in one table of [rule.Rule], from which
// docs/troubleshooting.md is generated too; [Cause.WithMount] and [Cause.WithLineEnds] add what
// only the caller can know.
//
// The package decides and does nothing else: it reads no file, asks no engine and knows
// no clock.
package diagnose

import (
	"maps"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose/rule"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// Scope is a set of kinds of text.
type Scope = rule.Scope

// The kinds of text.
const (
	Build, Builder, Run, Exec, Start = rule.Build, rule.Builder, rule.Run, rule.Exec, rule.Start
	Pull, PullLogin, Push, PushLogin = rule.Pull, rule.PullLogin, rule.Push, rule.PushLogin
	Compile, Source, Watcher, Follow = rule.Compile, rule.Source, rule.Watcher, rule.Follow
	Change, Answer, Workspace        = rule.Change, rule.Answer, rule.Workspace

	program, step = rule.Program, rule.Step
	install       = Build | Exec // a step that installs packages
	pulls         = Pull | PullLogin
	pushes        = Push | PushLogin
	registry      = pulls | pushes
)

// Cause is why something failed, as far as its text shows. The zero value is that of a
// failure whose text shows nothing.
type Cause struct {
	Reason    string
	Sentence  string
	Hint      string
	Lines     []string // that show it, oldest first
	Transient bool
	Refused   bool              // the engine says it, of a command that it could not begin
	File      string            // in the container, of the user's own code; empty where none is known
	Line      int               // its line, which the sentence names
	Names     map[string]string // what the sentence names, such as "file" or "port"
}

// rules is all that devup knows. Ranks decide between them, and not their order.
var rules = slices.Concat(machineRules, scriptRules, nodeRules, pythonRules, stackRules(), serviceRules, networkRules, watcherRules, buildRules, builderRules, startRules, registryRules)

// stackRules are the errors that stacks bring.
func stackRules() (all []rule.Rule) {
	for _, s := range stacks.All() {
		all = append(all, s.Failures...)
	}
	return all
}

// Explain finds the most likely cause in lines, oldest first, and in the exit code of what printed
// them, 0 where it has none. Facts are names for sentences that the text need not hold, such as the
// registry that was asked. A cause without a reason says that it recognises none.
//
// What it says is a guess, but it never repeats more than names and places: values of
// variables are not among them.
func Explain(scope Scope, lines []string, exit int, facts map[string]string) Cause {
	if m := find(scope, lines); m.rule != nil {
		return located(cause(m, scope, lines[m.at], facts), lines, m.at)
	}
	for r := range rules {
		if known := &rules[r]; known.Exit != 0 && known.Exit == exit && known.Scope&scope != 0 {
			last := ""
			if len(lines) > 0 {
				last = lines[len(lines)-1]
			}
			return cause(match{rule: known}, scope, last, facts)
		}
	}
	return Cause{}
}

// ExplainError finds the most likely cause in the text of an error; nil has none.
func ExplainError(scope Scope, err error) Cause {
	if err == nil {
		return Cause{}
	}
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	return Explain(scope, strings.Split(text, "\n"), 0, nil)
}

// match is a line that matches a pattern of a rule; without a rule it is none.
type match struct {
	rule    *rule.Rule
	rank    rule.Rank
	pattern *lazyregexp.Regexp
	at      int // the line's index
}

// find gives the match that counts.
func find(scope Scope, lines []string) (best match) {
	for i, line := range lines {
		for r := range rules {
			known := &rules[r]
			if known.Scope&scope == 0 || known.AtEnd && i < len(lines)-1 {
				continue
			}
			for _, m := range []match{{known, known.Rank, known.Pattern, i}, {known, rule.Low, known.Fallback, i}} {
				better := known.Over || best.rule == nil || m.rank > best.rank || m.rank == best.rank && m.at > best.at
				switch {
				case !better || m.pattern == nil || !m.pattern.MatchString(line):
				case known.Reason == "":
					best = match{}
				default:
					best = m
				}
			}
		}
	}
	return best
}

// cause is the cause of a rule, as a line shows it that matches one of its patterns.
func cause(m match, scope Scope, line string, facts map[string]string) Cause {
	r, names := m.rule, map[string]string{}
	if m.pattern != nil {
		groups := m.pattern.FindStringSubmatch(line)
		for i, name := range m.pattern.Compiled().SubexpNames() {
			if name = strings.TrimRight(name, "0123456789"); name != "" && groups[i] != "" {
				names[name] = groups[i]
			}
		}
	}
	maps.Copy(names, facts)
	if r.Adjust != nil {
		r.Adjust(names)
	}
	c := Cause{Reason: r.Reason, Sentence: fill(r.Sentence, names), Hint: fill(hint(r, scope), names), Transient: r.Transient, Names: names}
	if line != "" {
		c.Lines, c.Refused = []string{line}, refusal.MatchString(line)
	}
	return c
}

// refusal matches what is said of a command that could not begin, and of nothing else.
var refusal = lazyregexp.New(`OCI runtime (?:exec|create) failed|unable to find user `)

func hint(r *rule.Rule, scope Scope) string {
	if scope&Build != 0 && r.BuildHint != "" {
		return r.BuildHint
	}
	return r.Hint
}

var (
	optional    = lazyregexp.New(`\[[^\[\]]*\$[a-z]+[^\[\]]*\]`)
	placeholder = lazyregexp.New(`\$[a-z]+`)
)

// fill puts names instead of $name.
func fill(text string, names map[string]string) string {
	text = optional.ReplaceAllStringFunc(text, func(part string) string {
		with, without, _ := strings.Cut(part[1:len(part)-1], "|")
		if names[placeholder.FindString(with)[1:]] == "" {
			return without
		}
		return with
	})
	return placeholder.ReplaceAllStringFunc(text, func(name string) string { return names[name[1:]] })
}

// known is the cause of a reason, where it is known by other means than a text.
func known(reason string, names map[string]string) Cause {
	r := slices.IndexFunc(rules, func(r rule.Rule) bool { return r.Reason == reason })
	return cause(match{rule: &rules[r]}, Run, "", names)
}

// WithMount adds that the file which a program may not use comes from a bind mount: then no
// Dockerfile can fix it. With SELinux, a mount that is not labelled is the cause.
func (c Cause) WithMount(source, target string, unlabelled bool) Cause {
	c.Sentence += ", which is mounted from " + source
	c.Hint = "give it to the user that the container runs as, or set `user:` of the service to your own (`id -u`)"
	if unlabelled {
		more := known(SELinux, map[string]string{"source": source, "target": target})
		c.Reason, c.Sentence, c.Hint = more.Reason, c.Sentence+": "+more.Sentence, more.Hint
	}
	return c
}

// WithLineEnds makes Windows line ends the cause, in the script of that name, which the caller
// found among the sources.
func (c Cause) WithLineEnds(name string) Cause {
	c.Reason, c.Sentence = LineEnds, known(LineEnds, map[string]string{"file": name}).Sentence
	c.Hint = `run "sed -i 's/\r$//' ` + name + `", and add "*.sh text eol=lf" to .gitattributes`
	return c
}
