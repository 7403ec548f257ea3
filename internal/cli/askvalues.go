package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/containerd/console"

	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// asks tells whether values may be asked for: --yes answers no such question, and says
// that nobody wants to be asked.
func (a *app) asks() bool { return a.canAsk() && !a.settings.Yes }

// askFor asks for required variables and keeps the answers. It tells whether there are
// some. The error, of the code Config, names what was left empty; the others are kept.
func (a *app) askFor(ctx context.Context, w project.Wants) (bool, error) {
	var values []envfile.Value
	var empty []string
	for _, v := range w.Values {
		if v.Shell {
			return false, nil // it goes before every file, so that no answer would help
		}
	}
	if err := a.canKeep(ctx, w); err != nil {
		return false, err
	}
	a.ui.Say(fmt.Sprintf("%s %s needed, and only you can know %s:", counting(len(w.Values), "value"), one(len(w.Values), "is", "are"), one(len(w.Values), "it", "them")))
	for _, v := range w.Values {
		answer, err := a.value(ctx, v.Name, v.Reason)
		if err == nil && answer == "" {
			answer, err = a.value(ctx, v.Name, "it has to have a value")
		}
		if err != nil {
			return false, err
		}
		if answer == "" {
			empty = append(empty, v.Name)
			continue
		}
		values = append(values, envfile.Value{Name: v.Name, Value: answer})
	}
	if len(values) > 0 {
		if err := a.keepValues(ctx, w, values); err != nil {
			return false, err
		}
	}
	if len(empty) > 0 {
		hint := fmt.Sprintf("set %s in the environment or in .env beside %s", one(len(empty), "it", "them"), w.Values[0].File)
		return false, fail.New(fail.Config, hint, "nothing was entered for %s", strings.Join(empty, ", "))
	}
	return true, nil
}

// counting is "1 value" or "3 values".
func counting(n int, what string) string { return fmt.Sprint(n, " ", what, one(n, "", "s")) }

// fillIn asks for what an example leaves open. An empty answer leaves it so.
func (a *app) fillIn(ctx context.Context, example string) ([]envfile.Value, error) {
	blanks := envfile.Open(example)
	if len(blanks) == 0 || !a.asks() {
		return nil, nil
	}
	a.ui.Say(fmt.Sprintf("it leaves %s open; Enter alone leaves one as it is:", counting(len(blanks), "value")))
	var values []envfile.Value
	for _, b := range blanks {
		answer, err := a.value(ctx, b.Name, b.Help)
		if err != nil {
			return nil, err
		}
		if answer != "" {
			values = append(values, envfile.Value{Name: b.Name, Value: answer})
		}
	}
	return values, nil
}

// value asks for the value of a variable. One whose name says that it is a secret is not
// shown while it is typed.
func (a *app) value(ctx context.Context, name, about string) (string, error) {
	notes := []string{about, "is not shown"}
	secret := doctor.NamesSecret(name)
	if !secret {
		notes = notes[:1]
	}
	if about == "" {
		notes = notes[1:]
	}
	question := "  " + name
	if len(notes) > 0 {
		question += " (" + strings.Join(notes, "; ") + ")"
	}
	if secret {
		return a.hiddenAnswer(ctx, question+": ")
	}
	return a.answer(ctx, question+": ")
}

// hiddenAnswer is [app.answer] without an echo of what is typed.
func (a *app) hiddenAnswer(ctx context.Context, question string) (string, error) {
	file, ok := a.stdio.In.(console.File)
	if !ok {
		return a.answer(ctx, question)
	}
	terminal, err := console.ConsoleFromFile(file)
	if err != nil || terminal.DisableEcho() != nil {
		return a.answer(ctx, question)
	}
	defer func() { _ = terminal.Reset() }() // nothing else can be done about a terminal
	answer, err := a.answer(ctx, question)
	a.ui.Say("") // the person's own was not shown either
	return answer, err
}
