// Package diagnose finds in the text of a failure what is the matter: in the output of a
// build, a log, what a command printed, the words of an engine on a container, a pull or
// a push.
//
// [Text] is the one way in. What it knows is in one table of [Rule], from which
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

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// Scope is a set of kinds of text.
type Scope uint16

// The kinds of text.
const (
	Build     Scope = 1 << iota // the output of a build
	Run                         // the log of a service
	Exec                        // what a command in a service's container printed
	Start                       // the engine's words on a container or command that it cannot start
	Pull                        // the engine's words on a pull without a login
	PullLogin                   // the same, with a login that was sent
	Push                        // the engine's words on a push without a login
	PushLogin                   // the same, with a login that was sent

	program  = Run | Exec      // a program in a service's container
	step     = Build | program // any program in a container
	install  = Build | Exec    // a step that installs packages
	pulls    = Pull | PullLogin
	pushes   = Push | PushLogin
	registry = pulls | pushes
)

// Rank says which of several rules counts that match a text.
type Rank int

// The ranks. Within one, the last line counts, because it is what ended the
// program.
const (
	Last   Rank = iota // says little, such as an exit code
	Low                // often follows from something else that was printed
	Middle             // names what is the matter
	High               // says more than a rule of the middle that matches the same line
	First              // all else that was printed follows from it
)

// Rule is a cause that devup knows. In texts $name is replaced by what a group of the pattern
// or a fact holds, and [with $name|without] for one of two where it may hold nothing.
type Rule struct {
	Reason    string             // stable name, in --json and in the documentation
	Scope     Scope              // where it applies
	Rank      Rank               // of the pattern, against those of other rules
	Pattern   *lazyregexp.Regexp // of a line; a digit that ends the name of a group does not count; nil: the caller knows it
	Weak      *lazyregexp.Regexp // of a line that says less of it, which counts as [Low]; nil for none
	Exit      int                // the exit code that shows it where no line shows anything; 0 for none
	Sentence  string             // what is wrong; lower case, no full stop
	Hint      string             // what to do, in the imperative; may be empty
	BuildHint string             // the same in a build; empty where Hint fits too
	Transient bool               // it may pass by itself, such as a database that is not up yet

	adjust func(names map[string]string) // may change or add names; nil for none
}

// Cause is why something failed, as far as its text shows. The zero value is that of a
// failure whose text shows nothing.
type Cause struct {
	Reason    string
	Sentence  string
	Hint      string
	Lines     []string // that show it, oldest first
	Transient bool
	File      string            // in the container, of the user's own code; empty where none is known
	Line      int               // its line, which the sentence names
	Names     map[string]string // what the sentence names, such as "file" or "port"
}

// rules is all that devup knows. Ranks decide between them, and not their order.
var rules = slices.Concat(machineRules, scriptRules, nodeRules, pythonRules, stackRules(), serviceRules, networkRules, buildRules, startRules, registryRules)

// stackRules are the errors that stacks bring.
func stackRules() []Rule {
	var all []Rule
	for _, s := range stacks.All() {
		for _, f := range s.Failures {
			rule := Rule{Reason: f.Reason, Scope: program, Rank: Middle, Pattern: f.Pattern, Sentence: f.Sentence, Hint: f.Hint}
			if f.InBuild {
				rule.Scope = step
			}
			if f.Specific {
				rule.Rank = High
			}
			all = append(all, rule)
		}
	}
	return all
}

// Text finds the most likely cause in lines, oldest first, and in the exit code of
// what printed them, 0 where it has none. Facts are names for sentences that the text need
// not hold, such as the registry that was asked. It gives false when it recognises none.
//
// What it says is a guess, but it never repeats more than names and places: values of
// variables are not among them.
func Text(scope Scope, lines []string, exit int, facts map[string]string) (Cause, bool) {
	if m, found := find(scope, lines); found {
		return located(m.rule.cause(scope, m.pattern, lines[m.at], facts), lines, m.at), true
	}
	for r := range rules {
		if rule := &rules[r]; rule.Exit != 0 && rule.Exit == exit && rule.Scope&scope != 0 {
			last := ""
			if len(lines) > 0 {
				last = lines[len(lines)-1]
			}
			return rule.cause(scope, nil, last, facts), true
		}
	}
	return Cause{}, false
}

// match is a line that matches a pattern of a rule.
type match struct {
	rule    *Rule
	rank    Rank
	pattern *lazyregexp.Regexp
	at      int // the line's index
}

// find gives the match that counts.
func find(scope Scope, lines []string) (best match, found bool) {
	for i, line := range lines {
		for r := range rules {
			rule := &rules[r]
			if rule.Scope&scope == 0 {
				continue
			}
			for _, m := range []match{{rule, rule.Rank, rule.Pattern, i}, {rule, Low, rule.Weak, i}} {
				over := !found || m.rank > best.rank || m.rank == best.rank && m.at > best.at
				if over && m.pattern != nil && m.pattern.MatchString(line) {
					best, found = m, true
				}
			}
		}
	}
	return best, found
}

// cause is the rule's cause, as a line shows it that matches one of its patterns.
func (r *Rule) cause(scope Scope, pattern *lazyregexp.Regexp, line string, facts map[string]string) Cause {
	names := map[string]string{}
	if pattern != nil {
		groups := pattern.FindStringSubmatch(line)
		for i, name := range pattern.Compiled().SubexpNames() {
			if name = strings.TrimRight(name, "0123456789"); name != "" && groups[i] != "" {
				names[name] = groups[i]
			}
		}
	}
	maps.Copy(names, facts)
	if r.adjust != nil {
		r.adjust(names)
	}
	c := Cause{Reason: r.Reason, Sentence: fill(r.Sentence, names), Hint: fill(r.hint(scope), names), Transient: r.Transient, Names: names}
	if line != "" {
		c.Lines = []string{line}
	}
	return c
}

func (r *Rule) hint(scope Scope) string {
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
	r := slices.IndexFunc(rules, func(r Rule) bool { return r.Reason == reason })
	return rules[r].cause(Run, nil, "", names)
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
