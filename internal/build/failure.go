package build

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/solver/errdefs"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	exitCode  = lazyregexp.New(`exit code: (\d+)`)
	lineInErr = lazyregexp.New(`(Dockerfile:| on line |line )(\d+)`)
	wrapping  = lazyregexp.New(`^(failed to solve(?: with frontend [^:]+)?|failed to build LLB|failed to compute cache key|rpc error: code = \w+ desc = (?:failed to solve: )?|dockerfile parse error|process "[^"]*" did not complete successfully): `)
)

// failure says of a failed build which instruction it was, where it is, what
// it printed last, and what probably is the matter.
func (j job) failure(err error, steps *steps) error {
	s := j.spec
	if diagnose.ExplainError(diagnose.Builder, err).Reason == diagnose.EngineGone {
		e := fail.Wrap(err, fail.EngineGone, "", "the engine went away while the image of %s was built", s.Service)
		e.Service, e.CauseShown = s.Service, true
		return e
	}
	text := unwrapped(j.sent.plain(j.mapLines(err.Error())))
	e := fail.Wrap(err, fail.BuildFailed, "", "")
	e.Service, e.File = s.Service, s.dockerfileName()
	if j.def.remote {
		e.File = ""
	}

	e.Line = j.faultLine(err)
	vertex := ""
	if v, ok := errors.AsType[*errdefs.VertexError](err); ok {
		vertex = v.Digest
	}
	instruction := ""
	if st := steps.failing(vertex); st != nil {
		e.Lines = st.lines
		if e.Line == 0 {
			e.Line = stepLine(j.def.text, st.raw)
		}
		if strings.HasPrefix(st.name, "[") && !st.hidden {
			instruction = st.instruction()
		}
	}
	explain(e, instruction, text)
	return e
}

// explain completes a failure by its message, and by what is the matter as far as the text
// or the lines of the failure show it. The instruction is that of the step at fault, empty
// for none.
func explain(e *fail.Error, instruction, text string) {
	said := text
	if code := exitCode.FindStringSubmatch(text); code != nil && instruction != "" {
		instruction += " ended with exit code " + code[1]
		said, text = code[0], "" // the rest of it is the command
	}
	cause := diagnose.Explain(diagnose.Builder, []string{text}, 0, nil)
	if image := cause.Names["image"]; image != "" {
		cause, instruction, text = baseCause(image, cause.Names["why"]), "", ""
	} else {
		cause = diagnose.Explain(diagnose.Build, append(strings.Split(said, "\n"), e.Lines...), 0, nil)
		if n := len(cause.Lines); n > 0 && slices.Contains(strings.Split(text, "\n"), cause.Lines[n-1]) {
			text = "" // the cause says it better
		}
	}
	e.Reason, e.Hint = cause.Reason, cause.Hint
	parts := []string{"the image of " + e.Service + " cannot be built", instruction, text, cause.Sentence}
	e.Message = strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// instruction is what a step's name says without its position: RUN make.
func (st *step) instruction() string {
	if _, instruction, ok := strings.Cut(st.name, "] "); ok {
		return instruction
	}
	return st.name
}

// faultLine is the user's line of the instruction that failed, 0 when it is
// not known.
func (j job) faultLine(err error) int {
	if j.def.remote {
		return 0
	}
	for _, source := range slices.Backward(errdefs.Sources(err)) {
		for _, r := range source.Ranges {
			if line := j.sent.line(int(r.Start.Line)); line > 0 {
				return line
			}
		}
	}
	if match := lineInErr.FindStringSubmatch(err.Error()); match != nil {
		n, _ := strconv.Atoi(match[2]) // the expression takes digits only
		return j.sent.line(n)
	}
	return 0
}

// stepPosition is the position of a step as its name has it: [stage 3/5] INSTRUCTION.
var stepPosition = lazyregexp.New(`^\[(?:(\S+) +)?(\d+)/\d+\] (\w+)`)

// stepLine finds the line of a step by its position, for engines that do not name
// lines (20.10); 0 when that is not certain.
func stepLine(text []byte, name string) int {
	position := stepPosition.FindStringSubmatch(name)
	stages, global, err := parseDockerfile(text)
	if position == nil || err != nil {
		return 0
	}
	i := stageIndex(stages, position[1])
	switch number, unnamed := strings.CutPrefix(position[1], "stage-"); {
	case i < 0 && unnamed:
		i = stageIndex(stages, number)
	case position[1] == "" && len(stages) == 1:
		i = 0
	}
	n, _ := strconv.Atoi(position[2]) // the expression takes digits only
	if i < 0 {
		return 0
	}
	step := 1 // FROM, where it is an image
	if base := globalArgs(global, nil)(stages[i].BaseName); strings.EqualFold(base, "scratch") || stageIndex(stages[:i], base) >= 0 {
		step = 0
	}
	for _, command := range stages[i].Commands {
		switch command.Name() {
		case "RUN", "COPY", "ADD", "WORKDIR", "run", "copy", "add", "workdir":
			step++
		}
		if step == n && strings.EqualFold(command.Name(), position[3]) && len(command.Location()) > 0 {
			return command.Location()[0].Start.Line
		}
	}
	return 0
}

// mapLines replaces the lines of the copy that a message names.
func (j job) mapLines(text string) string {
	return lineInErr.ReplaceAllStringFunc(text, func(found string) string {
		parts := lineInErr.FindStringSubmatch(found)
		n, _ := strconv.Atoi(parts[2]) // the expression takes digits only
		if line := j.sent.line(n); line > 0 {
			n = line
		}
		return parts[1] + strconv.Itoa(n)
	})
}

// unwrapped takes BuildKit's wrapping off a message.
func unwrapped(text string) string {
	for {
		shorter := wrapping.ReplaceAllString(text, "")
		if shorter == text {
			return strings.TrimSpace(text)
		}
		text = shorter
	}
}
