package upcmd

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/ui"
)

// keys are the commands that the user of an attached up runs by a letter and Enter. Names of
// services may follow the letter.
var keys = []key{
	{"o open", []string{"open"}},
	{"d dashboard", []string{"dashboard"}},
	{"r restart", []string{"restart"}},
	{"b rebuild", []string{"up", "--detach", "--build"}},
}

type key struct {
	title   string // begins with the letter
	command []string
}

// attach keeps the URLs in sight and takes keys, where a user is at a terminal, until the context
// that it gives ends or end is called. The key q ends that context alone.
func (a *after) attach(ctx context.Context) (attached context.Context, end func()) {
	attached, quit := context.WithCancel(ctx)
	if !a.env.CanAsk() || a.env.Getenv("CI") != "" || !a.env.UI.Footer(a.footer()...) {
		return attached, quit
	}
	var taking sync.WaitGroup
	taking.Go(func() { a.takeKeys(attached, quit) })
	return attached, func() { quit(); taking.Wait() }
}

// footer is what stays in sight.
func (a *after) footer() [][]ui.Cell {
	var urls, letters []ui.Cell
	for _, row := range a.outcome.URLs {
		if row.URL != "" && row.State != expose.NotRunning {
			urls = append(urls, ui.Cell{Text: row.Service + " " + row.URL, Link: row.URL})
		}
	}
	for _, k := range keys {
		letters = append(letters, ui.Cell{Text: k.title, Tone: ui.Faint})
	}
	letters = append(letters, ui.Cell{Text: "q quit", Tone: ui.Faint}, ui.Cell{Text: "(and Enter)", Tone: ui.Faint})
	if len(urls) == 0 {
		return [][]ui.Cell{letters}
	}
	return [][]ui.Cell{urls, letters}
}

// takeKeys runs the commands of keys until ctx ends.
func (a *after) takeKeys(ctx context.Context, quit func()) {
	defer a.env.UI.Footer()
	resized, resumed, stop := terminalSignals()
	defer stop()
	lines := enteredLines(ctx, a.env.In)
	for {
		select {
		case <-ctx.Done():
			return
		case <-resized:
			a.env.UI.Footer(a.footer()...)
		case <-resumed:
			a.env.UI.Resumed()
		case line := <-lines:
			a.env.UI.Typed(line)
			a.press(ctx, line, quit)
		}
	}
}

// press runs the command of a line that the user entered.
func (a *after) press(ctx context.Context, line string, quit func()) {
	letter, services, _ := strings.Cut(line, " ")
	i := slices.IndexFunc(keys, func(k key) bool { return k.title[:1] == letter })
	switch {
	case letter == "q":
		quit()
	case i >= 0:
		to := uiWriter{a.env.UI}
		a.env.Command(ctx, to, to, slices.Concat(keys[i].command, []string{"--progress=plain", "--"}, strings.Fields(services))...)
	case letter != "":
		a.env.Say("no key " + line + "; the keys are in the last line")
	}
}

// uiWriter shows what another command prints.
type uiWriter struct{ *ui.UI }

// Write shows lines.
func (w uiWriter) Write(p []byte) (int, error) {
	w.Mark(string(p))
	return len(p), nil
}

// enteredLines are the lines that the user enters. While devup is in the background, they are not
// for it, which a read of the terminal says with EIO.
func enteredLines(ctx context.Context, in io.Reader) <-chan string {
	lines := make(chan string)
	go func() { // ends with the process at the latest: a read of a terminal cannot be called off
		for r := bufio.NewReader(in); ; {
			line, err := r.ReadString('\n')
			to, pause := lines, (<-chan time.Time)(nil)
			switch {
			case errors.Is(err, syscall.EIO):
				to, pause = nil, time.After(time.Second)
			case err != nil:
				return
			}
			select {
			case to <- strings.TrimSpace(line):
			case <-pause:
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}
