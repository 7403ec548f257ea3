package ready

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Amounts of log. What is shown is short; a cause may be further up.
const (
	readLines  = "300"
	shownLines = 15
	logTime    = 5 * time.Second
)

// failure makes the error for a result: the sentence, the likely cause, the last
// lines and what to do next.
func (pr *prober) failure(ctx context.Context, r result) (*fail.Error, diagnose.Cause) {
	pr.evidence.state = pr.inspected(ctx, pr.evidence.state)
	lines := withoutProbes(pr.log(ctx, pr.evidence.state, readLines), pr.probe.Path)
	cause, found := diagnose.Text(diagnose.Run, lines, pr.evidence.state.exit, nil)
	if !found && r.code == fail.ServerError {
		cause, found = diagnose.Text(diagnose.Run, pr.evidence.last.lines(), 0, nil)
	}
	if !found || !explains(cause, r.code) {
		cause = diagnose.Cause{}
	}
	cause = pr.probe.Source.withLineEndCause(pr.evidence.state.withMountCause(cause))
	message := pr.probe.name() + " " + r.text
	if cause.Sentence != "" {
		message += ": " + cause.Sentence
	}
	failure := fail.New(r.code, pr.hint(r, cause, lines), "%s", message)
	failure.Service, failure.Reason = pr.probe.Service, reason(pr.evidence.state, cause)
	failure.Lines = excerpt(lines, cause)
	if pr.probe.Source.below(cause.File) != "" {
		failure.Frame = fail.Frame{File: pr.probe.Source.file(cause.File), Line: cause.Line}
	}
	return failure, cause
}

// withoutProbes leaves out of a log what devup's own requests for a path have added to it: the lines of
// an access log about them, and what each of them printed again.
func withoutProbes(lines []string, path string) []string {
	kept := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, "GET "+path+" HTTP/") })
	if path == "" || len(kept) == 0 {
		return lines
	}
	for n := 2; 2*n <= len(kept); n++ {
		end := len(kept)
		for 2*n <= end && slices.Equal(kept[end-2*n:end-n], kept[end-n:end]) {
			end -= n
		}
		kept = kept[:end]
	}
	return kept
}

// reason is the stable name of why a service failed; empty where only the code of
// the failure is known. That memory ran out is no guess: the engine says so.
func reason(s state, c diagnose.Cause) string {
	if s.oom {
		return diagnose.Memory
	}
	if c.Reason == "" && s.looping() {
		return diagnose.CrashLoop
	}
	return c.Reason
}

// explains reports whether a cause can be why a service failed so. A program that
// listens on the wrong address has often printed some error that is harmless.
func explains(c diagnose.Cause, code fail.Code) bool {
	return code != fail.ListensOnLoopback && (code != fail.NotListening || !c.Transient)
}

// hint says what to do next; it always ends with the command that shows more.
func (pr *prober) hint(r result, c diagnose.Cause, lines []string) string {
	logs := fmt.Sprintf("`devup logs %s` shows all that it printed", pr.probe.Service)
	step := r.hint
	if c.Hint != "" {
		step = c.Hint
	}
	if r.code == fail.ListensOnLoopback {
		step = outsideHint(pr.probe, lines)
	}
	switch {
	case step != "":
	case r.code != fail.Exited && r.code != fail.ServerError, c.Reason != "", pr.evidence.state.explained():
		return logs
	case len(lines) == 0:
		return fmt.Sprintf("it printed nothing that would say why: `devup run %s sh` opens a shell in its place", pr.probe.Service)
	default:
		return "devup does not know the cause: above is what it printed last, " + logs
	}
	if pr.evidence.state.oom && len(lines) == 0 {
		return step // there is no log to read
	}
	return step + "; " + logs
}

// log reads the last lines of the container's present run; s is its state. It
// gives none where they cannot be read, for instance with a logging driver that
// keeps nothing.
func (pr *prober) log(ctx context.Context, s state, lines string) []string {
	ctx, cancel := context.WithTimeout(ctx, logTime)
	defer cancel()
	s = pr.inspected(ctx, s)
	found := pr.logSince(ctx, s, lines, s.started)
	if len(found) == 0 && (s.ended() || s.looping()) && !s.started.IsZero() {
		// A busy engine notes the start after the program has said its only line.
		found = pr.logSince(ctx, s, lines, s.started.Add(-startNoted))
	}
	return found
}

// inspected is a state with what a list of containers leaves out.
func (pr *prober) inspected(ctx context.Context, s state) state {
	if !s.listed {
		return s
	}
	pr.watch.inspect(ctx, pr.probe.Container)
	return pr.view.now()
}

// startNoted is how much later than it was an engine may say that a program began.
const startNoted = 5 * time.Second

// logSince reads the last lines from a time on; the zero time is the beginning.
func (pr *prober) logSince(ctx context.Context, s state, lines string, from time.Time) []string {
	options := client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: lines}
	if !from.IsZero() {
		options.Since = from.Format(time.RFC3339Nano)
	}
	stream, err := pr.engine.Containers.ContainerLogs(ctx, pr.probe.Container, options)
	if err != nil {
		return nil
	}
	defer stream.Close()
	var text bytes.Buffer
	limited := io.LimitReader(stream, 4<<20)
	if s.tty || !s.known && pr.probe.TTY {
		_, _ = io.Copy(&text, limited) // what could be read is shown, even if the rest is lost
	} else {
		_, _ = stdcopy.StdCopy(&text, &text, limited)
	}
	return cleanLines(text.String())
}

// control matches what a program sends to move a terminal's cursor or to colour
// its text.
var control = lazyregexp.New(`\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\^_])`)

// markup are the tags of a page, and the quotes of texts in JSON.
var markup = lazyregexp.New(`<[^<>]*>|\\(")`)

// lines are those of an answer that says why it is an error, each without markup and cut.
func (a answer) lines() []string {
	lines := cleanLines(html.UnescapeString(markup.ReplaceAllString(a.said, "$1")))
	for i, line := range lines {
		lines[i] = strings.ToValidUTF8(line[:min(len(line), 400)], "")
	}
	return lines
}

// cleanLines splits a log into lines without control sequences and empty lines.
func cleanLines(text string) []string {
	var lines []string
	for line := range strings.Lines(control.ReplaceAllString(text, "")) {
		line = strings.TrimRight(line, "\r\n\t ")
		if i := strings.LastIndexByte(line, '\r'); i >= 0 {
			line = line[i+1:] // a progress bar wrote over the line
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// excerpt is what is shown of a log: its last lines, and before them the lines
// of the cause, if those are further up.
func excerpt(lines []string, c diagnose.Cause) []string {
	shown := lines
	if len(lines) > shownLines {
		shown = lines[len(lines)-shownLines:]
	}
	var above []string
	for _, line := range c.Lines {
		if !slices.Contains(shown, line) {
			above = append(above, line)
		}
	}
	if len(above) == 0 {
		return slices.Clone(shown)
	}
	return slices.Concat(above, []string{"…"}, shown)
}
