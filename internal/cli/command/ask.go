package command

import (
	"bufio"
	"context"
	"strings"

	"github.com/containerd/console"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// CanAsk tells whether a user is there to answer.
func (e *Env) CanAsk() bool {
	s := e.UI.Streams()
	return !e.quiet && s.InTTY && s.ErrTTY && e.UI.Mode() != ui.JSON
}

// Say shows lines that belong to a question, or to what the command does.
func (e *Env) Say(lines ...string) { e.UI.Say(lines...) }

// Confirm asks a yes-or-no question. --yes answers it; without a terminal it is a failure
// that names the flag. An empty answer means no; another one than yes or no is asked for again.
func (e *Env) Confirm(ctx context.Context, question string) (bool, error) {
	return e.ConfirmBy(ctx, question, "--yes")
}

// ConfirmBy is [Env.Confirm] for a command with flags of its own that answer.
func (e *Env) ConfirmBy(ctx context.Context, question, flags string) (bool, error) {
	if e.Settings.Yes {
		return true, nil
	}
	if !e.CanAsk() {
		return false, fail.New(fail.NeedsAnswer, "answer with "+flags, "no terminal to ask: %s", question)
	}
	for {
		answer, err := e.Answer(ctx, question+" [y/N] ", false)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "y", "yes":
			return true, nil
		case "n", "no", "":
			return false, nil
		}
		e.Say("answer y or n")
	}
}

// Answer shows a question and gives the line that is typed, without space around it. What
// is hidden is not shown while it is typed.
func (e *Env) Answer(ctx context.Context, question string, hidden bool) (string, error) {
	if hidden {
		if restore := e.hideInput(); restore != nil {
			defer func() { restore(); e.UI.Say("") }() // the user's own line end was not shown either
		}
	}
	e.UI.Prompt(question)
	answers := make(chan string, 1)
	go func() { // ends with the process at the latest: a read of a terminal cannot be called off
		line, _ := bufio.NewReader(e.In).ReadString('\n')
		answers <- line
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case line := <-answers:
		return strings.TrimSpace(line), nil
	}
}

// hideInput stops the terminal from showing what is typed; nil where it cannot.
func (e *Env) hideInput() (restore func()) {
	file, ok := e.In.(console.File)
	if !ok {
		return nil
	}
	terminal, err := console.ConsoleFromFile(file)
	if err != nil || terminal.DisableEcho() != nil {
		return nil
	}
	return func() { _ = terminal.Reset() } // nothing else can be done about a terminal
}
