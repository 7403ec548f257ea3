package framework

import (
	"cmp"
	"io/fs"
	"regexp"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// Debuggers says what the frameworks in a directory need before a service may be public: the
// variables that turn off what shows source code or runs code for its visitors, also where an
// env file of the directory sets them, and the lines that only the user can change. start is how
// the service is started, as text: environment, command and Dockerfile.
func Debuggers(files fs.FS, start string) Needs {
	f := directory{files: files, texts: map[string]string{}}
	var needs Needs
	for _, s := range stacks.All() {
		for _, d := range s.Debuggers {
			if !f.started(s, d, start) {
				continue
			}
			title := cmp.Or(d.Title, s.Title)
			for _, v := range d.Variables {
				needs.Variables = append(needs.Variables, Variable{title, v.Name, v.Value})
			}
			if d.Instead != "" {
				needs.Lines = append(needs.Lines, Line{Framework: title, Why: d.Line.Why, Code: d.Instead})
			}
			if file, lacks := f.lacks(d.Line, Address{}); lacks {
				needs.Lines = append(needs.Lines, Line{title, d.Line.Why, d.Line.Code, file})
			}
		}
	}
	return needs
}

// started says whether a service of the directory that is started so has the debugger.
func (f *directory) started(s *stack.Stack, d stack.Debugger, start string) bool {
	matches := func(pattern string) bool { return regexp.MustCompile(pattern).MatchString(start) }
	if (d.Start == "" || !matches(d.Start)) && !f.meets(s, d.Rule) {
		return false
	}
	return (d.Only == "" || matches(d.Only)) && (d.Unless == "" || !matches(d.Unless))
}

// Public says of a line that [Debuggers] gave what visitors of the service see without it, and
// what to do.
func (l Line) Public() (problem, fix string) {
	return l.Framework + " " + l.Why + " to any visitor of a public service", "write " + l.Code + " in " + cmp.Or(l.File, "its command")
}

// PublicNote is [Line.Public] in one line, for a service.
func (l Line) PublicNote(service string) string {
	problem, fix := l.Public()
	return service + ": " + problem + ": " + fix
}
