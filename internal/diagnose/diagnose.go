// Package diagnose finds in the text of a failure what is the matter: a log that a
// program printed, the output of a build, the words of an engine or a registry.
//
// It decides and does nothing else: it reads no file, asks no engine and knows no clock.
package diagnose

import (
	"fmt"
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Cause is why a program probably failed, as far as its log shows.
type Cause struct {
	Code      string   // names the kind of cause, such as "module-missing"; stable
	Sentence  string   // what is wrong; lower case, no full stop
	Hint      string   // what to do about it; may be empty
	Lines     []string // the lines of the log that show it, oldest first
	Transient bool     // it may pass by itself, such as a database that is not up yet

	File string // that it is about; empty for none
}

// Diagnose looks for a likely cause in the lines of a log, oldest first, and in
// the exit code of the program (0 where it still runs). It gives false when it
// recognises none. What it says of a log is a guess, but it never repeats more
// than names and places: values of variables are not among them.
func Diagnose(log []string, exitCode int) (Cause, bool) {
	best, at := Cause{}, -1
	rank := len(patterns)
	for i, line := range log {
		for r := range patterns {
			// Among patterns the table's order counts, so that the reason wins over what
			// follows from it; among lines of one pattern the last.
			if r > rank {
				break
			}
			if cause, ok := patterns[r].match(line); ok {
				best, at, rank = cause, i, r
				break
			}
		}
	}
	if at >= 0 {
		return located(best, log, at), true
	}
	return fromExit(log, exitCode)
}

// pattern is one row of the table.
type pattern struct {
	code      string
	line      *lazyregexp.Regexp
	sentence  string // $name stands for a captured group
	hint      string // likewise
	transient bool
	adjust    func(map[string]string) // may change or add names; nil for none
}

func (p *pattern) match(line string) (Cause, bool) {
	groups := p.line.FindStringSubmatch(line)
	if groups == nil {
		return Cause{}, false
	}
	names := map[string]string{}
	for i, name := range p.line.Compiled().SubexpNames() {
		if name != "" && groups[i] != "" {
			names[name] = groups[i]
		}
	}
	if p.adjust != nil {
		p.adjust(names)
	}
	return Cause{
		Code: p.code, Sentence: fill(p.sentence, names), Hint: fill(p.hint, names),
		Lines: []string{line}, Transient: p.transient, File: names["file"],
	}, true
}

var placeholder = lazyregexp.New(`\$[a-z]+`)

// fill puts names in the place of $name.
func fill(text string, names map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string { return names[name[1:]] })
}

// fromExit reads what an exit code alone says.
func fromExit(log []string, exitCode int) (Cause, bool) {
	var last []string
	if len(log) > 0 {
		last = log[len(log)-1:]
	}
	switch exitCode {
	case 126:
		return Cause{Code: "not-executable", Sentence: "its command cannot be executed", Hint: "check that the file is executable and fits the image", Lines: last}, true
	case 127:
		return Cause{Code: "command-missing", Sentence: "its command was not found in the image", Hint: "check the spelling, and that the image installs it", Lines: last}, true
	default:
		return Cause{}, false
	}
}

var (
	pythonFrame = lazyregexp.New(`^\s+File "([^"]+)", line (\d+)(?:, in (.+))?$`)
	nodeFrame   = lazyregexp.New(`^\s+at (?:.* \()?(?:file://)?(/[^():]+):(\d+):\d+\)?$`)
	nodeSource  = lazyregexp.New(`^(?:file://)?(/[^:\s]+\.[cm]?[jt]sx?):(\d+)$`)
)

// frameReach is how many lines around an error may belong to its traceback.
const frameReach = 80

// located adds the place in the person's own code: the innermost frame that
// belongs to no library.
func located(c Cause, log []string, at int) Cause {
	if place, lines := pythonPlace(log, at); place != "" {
		return c.at(place, lines)
	}
	if place, lines := nodePlace(log, at); place != "" {
		return c.at(place, lines)
	}
	return c
}

func (c Cause) at(place string, lines []string) Cause {
	c.Sentence = fmt.Sprintf("%s (%s)", c.Sentence, place)
	c.Lines = append(lines, c.Lines...)
	return c
}

// pythonPlace goes up from the last line of a traceback to the first frame that
// is the person's own.
func pythonPlace(log []string, at int) (string, []string) {
	if at == 0 || !strings.HasPrefix(log[at-1], " ") {
		return "", nil // the line ends no traceback
	}
	for i := at - 1; i >= 0 && i >= at-frameReach; i-- {
		if strings.HasPrefix(log[i], "Traceback ") {
			return "", nil
		}
		groups := pythonFrame.FindStringSubmatch(log[i])
		if groups == nil || !own(groups[1]) {
			continue
		}
		lines := []string{log[i]}
		if i+1 < at && pythonFrame.FindString(log[i+1]) == "" {
			lines = append(lines, log[i+1])
		}
		return path.Base(groups[1]) + ":" + groups[2], lines
	}
	return "", nil
}

// nodePlace goes down from the message of a Node error to the first frame that
// is the person's own; for a syntax error it stands above.
func nodePlace(log []string, at int) (string, []string) {
	for i := at + 1; i < len(log) && i <= at+frameReach; i++ {
		groups := nodeFrame.FindStringSubmatch(log[i])
		if groups != nil && own(groups[1]) {
			return path.Base(groups[1]) + ":" + groups[2], []string{log[i]}
		}
	}
	for i := at - 1; i >= 0 && i >= at-4; i-- {
		groups := nodeSource.FindStringSubmatch(log[i])
		if groups != nil && own(groups[1]) {
			return path.Base(groups[1]) + ":" + groups[2], []string{log[i]}
		}
	}
	return "", nil
}

// own says that a file is the person's: not of the language or of a library.
func own(file string) bool {
	for _, foreign := range []string{"/site-packages/", "/dist-packages/", "/node_modules/", "/lib/python", "/usr/lib/", "<"} {
		if strings.Contains(file, foreign) {
			return false
		}
	}
	return strings.HasPrefix(file, "/") && !strings.HasPrefix(file, "/usr/local/bin/")
}
