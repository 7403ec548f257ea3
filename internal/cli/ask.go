package cli

import (
	"bufio"
	"context"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// confirm asks a yes-or-no question. --yes answers it; without a terminal it is
// a failure that names the flag. No answer means no.
func (a *app) confirm(ctx context.Context, question string) (bool, error) {
	return a.confirmBy(ctx, question, "--yes")
}

// confirmBy is [app.confirm] for a command with flags of its own that answer.
func (a *app) confirmBy(ctx context.Context, question, flags string) (bool, error) {
	if a.settings.Yes {
		return true, nil
	}
	if !a.canAsk() {
		return false, fail.New(fail.NeedsAnswer, "answer with "+flags, "%s (there is no terminal to ask on)", question)
	}
	answer, err := a.answer(ctx, question+" [y/N] ")
	if err != nil {
		return false, err
	}
	answer = strings.ToLower(answer)
	return answer == "y" || answer == "yes", nil
}

// answer shows a question and gives the line that is typed, without space around it.
func (a *app) answer(ctx context.Context, question string) (string, error) {
	a.ui.Prompt(question)
	answers := make(chan string, 1)
	go func() { // ends with the process at the latest: a read of a terminal cannot be called off
		line, _ := bufio.NewReader(a.stdio.In).ReadString('\n')
		answers <- line
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case line := <-answers:
		return strings.TrimSpace(line), nil
	}
}

// canAsk tells whether there is somebody to ask.
func (a *app) canAsk() bool {
	s := a.ui.Streams()
	return !a.answered && s.InTTY && s.ErrTTY && a.ui.Mode() != ui.JSON
}
