package build

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/devup-cli/devup/internal/egress"
)

// rewritten is a Dockerfile as it is sent to the engine.
type rewritten struct {
	text  []byte
	lines []int    // of each line of text the line of the user's file
	added []string // what RUN instructions carry that the user did not write
}

// asWritten is the Dockerfile unchanged.
func asWritten(text []byte) rewritten {
	return rewritten{text: text, lines: identity(len(splitLines(text)))}
}

// rewrite makes a copy of a Dockerfile in which every stage has an ARG for each
// variable of the grant and every RUN has its files mounted as secrets. A RUN that installs
// packages gets the files with credentials that are allowed for that.
//
//	FROM python:3.13-slim
//	ARG PIP_CERT=/run/secrets/devup-ca.pem
//	RUN --mount=type=secret,id=devup-ca.pem,target=/run/secrets/devup-ca.pem,mode=0444 pip install flask
//
// The image's environment stays as it is; its history shows the paths; no layer
// holds a file, only the empty directory /run/secrets is left by some engines.
//
// How far it reaches: what a RUN starts and what reads these variables or files,
// that is pip, npm, yarn 1, pnpm, curl, git, Node.js, OpenSSL's and Go's clients and
// apt. An ENV of the image or the Dockerfile beats an ARG, so what an author set
// there stays. Not reached are programs that know only the system's own bundle
// (wget): mounting over /etc/ssl/certs/ca-certificates.crt would make
// "apt-get install ca-certificates" fail, which renames a file to that place,
// and leave an empty bundle in images that have none. Also not reached are FROM,
// ADD and remote contexts, which the engine itself fetches, and the ONBUILD
// triggers of a base image.
//
// skip are variables that get no ARG, because the user gives a build argument
// of that name. It changes nothing, and reports false, when the text cannot be
// parsed or its copy would not mean the same.
func rewrite(text []byte, grant egress.Grant, skip func(string) bool) (rewritten, bool) {
	if len(grant.All())+len(grant.Env) == 0 {
		return asWritten(text), true
	}
	before, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return asWritten(text), false
	}
	mounts := func(run *parser.Node) []string { return secretMounts(grant.Step(installs(run))) }
	var args []string
	for _, name := range slices.Sorted(maps.Keys(grant.Env)) {
		if !skip(name) {
			args = append(args, name+"="+quoted(grant.Env[name]))
		}
	}
	out := insert(splitLines(text), before.AST.Children, mounts, args)
	out.added = secretMounts(grant.All())
	after, err := parser.Parse(bytes.NewReader(out.text))
	if err != nil || !sameMeaning(before.AST.Children, after.AST.Children, mounts, len(args)) {
		return asWritten(text), false
	}
	return out, true
}

// quoted is the value of an ARG, in quotes where it needs them.
func quoted(value string) string {
	if !strings.ContainsAny(value, " \t\"'\\$#") {
		return value
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(value) + `"`
}

// secretMounts are the flags of a RUN that gets the files. Users inside are not those
// outside, so that a step has to be able to read its files as any user.
func secretMounts(files []egress.File) []string {
	var mounts []string
	for _, file := range files {
		if file.Variable() != "" {
			mounts = append(mounts, "--mount=type=secret,id="+file.Name+",env="+file.Variable())
		} else {
			mounts = append(mounts, "--mount=type=secret,id="+file.Name+",target="+file.Target+",mode=0444")
		}
	}
	return mounts
}

// insert puts the mounts and arguments into the lines.
func insert(lines []string, nodes []*parser.Node, mounts func(*parser.Node) []string, args []string) rewritten {
	atRun := map[int][]string{}   // first lines of RUN instructions -> the mounts
	afterFrom := map[int]string{} // last lines of FROM instructions -> ARG as they spell it
	for _, node := range nodes {
		switch strings.ToLower(node.Value) {
		case "run":
			atRun[node.StartLine] = mounts(node)
		case "from":
			// A linter that the file itself may turn on asks for one case.
			afterFrom[node.EndLine] = "ARG "
			if node.Value == "from" {
				afterFrom[node.EndLine] = "arg "
			}
		}
	}
	var out rewritten
	var b strings.Builder
	for i, line := range lines {
		number := i + 1
		if added := atRun[number]; len(added) > 0 {
			line = insertMounts(line, added)
		}
		b.WriteString(line)
		out.lines = append(out.lines, number)
		arg, ok := afterFrom[number]
		if !ok || len(args) == 0 {
			continue
		}
		end := "\n"
		if strings.HasSuffix(line, "\r\n") {
			end = "\r\n"
		}
		if !strings.HasSuffix(line, "\n") {
			b.WriteString(end)
		}
		for _, a := range args {
			b.WriteString(arg + a + end)
			out.lines = append(out.lines, number)
		}
	}
	out.text = []byte(b.String())
	return out
}

// insertMounts puts the mounts right behind the word RUN.
func insertMounts(line string, mounts []string) string {
	start := len(line) - len(strings.TrimLeft(line, " \t\ufeff"))
	if len(line) < start+3 || !strings.EqualFold(line[start:start+3], "run") {
		return line // the word itself is split over lines; the comparison notices
	}
	return line[:start+3] + " " + strings.Join(mounts, " ") + line[start+3:]
}

// sameMeaning compares the instructions before and after.
func sameMeaning(before, after []*parser.Node, mounts func(*parser.Node) []string, args int) bool {
	for _, node := range before {
		if len(after) == 0 {
			return false
		}
		got := after[0]
		after = after[1:]
		flags := node.Flags
		if strings.EqualFold(node.Value, "run") {
			flags = slices.Concat(mounts(node), flags)
		}
		if !strings.EqualFold(node.Value, got.Value) || !slices.Equal(flags, got.Flags) ||
			words(node) != words(got) || !slices.Equal(node.Heredocs, got.Heredocs) {
			return false
		}
		if !strings.EqualFold(node.Value, "from") {
			continue
		}
		notArg := func(n *parser.Node) bool { return !strings.EqualFold(n.Value, "arg") }
		if len(after) < args || slices.ContainsFunc(after[:args], notArg) {
			return false
		}
		after = after[args:]
	}
	return len(after) == 0
}

// words is what follows the instruction and its flags.
func words(node *parser.Node) string {
	if node.Next == nil {
		return ""
	}
	var b strings.Builder
	for n := node.Next; n != nil; n = n.Next {
		b.WriteString(n.Dump())
		b.WriteByte(0)
	}
	return b.String()
}

// line is the user's line for one of the copy's, both from 1.
func (r rewritten) line(n int) int {
	if n < 1 || len(r.lines) == 0 {
		return 0
	}
	return r.lines[min(n, len(r.lines))-1]
}

// plain takes out of a text what the user did not write.
func (r rewritten) plain(text string) string {
	for _, added := range r.added {
		text = strings.ReplaceAll(text, added+" ", "")
		text = strings.ReplaceAll(text, " "+added, "")
	}
	return text
}

// splitLines keeps the line ends.
func splitLines(text []byte) []string { return slices.Collect(strings.Lines(string(text))) }

func identity(n int) []int {
	lines := make([]int, n)
	for i := range lines {
		lines[i] = i + 1
	}
	return lines
}

// withoutSyntax takes out the line that names a frontend image ("# syntax=…"),
// so that the engine's own frontend reads the file. ok is false when there is
// none.
func (r rewritten) withoutSyntax() (out rewritten, ok bool) {
	reference, _, at, ok := parser.DetectSyntax(r.text)
	if !ok || reference == "" || len(at) == 0 {
		return r, false
	}
	n, lines := at[0].Start.Line-1, splitLines(r.text)
	if n < 0 || n >= len(lines) {
		return r, false
	}
	return rewritten{
		text:  []byte(strings.Join(slices.Delete(lines, n, n+1), "")),
		lines: slices.Delete(slices.Clone(r.lines), n, n+1),
		added: r.added,
	}, true
}
