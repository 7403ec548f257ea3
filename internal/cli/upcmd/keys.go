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

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/ui"
)

// keys are the commands that the user of an attached up runs by a letter and Enter, in the order in
// which a narrow terminal needs them. Names of services may follow the letter.
var keys = []key{
	{"o open", []string{"open"}},
	{"r restart", []string{"restart"}},
	{"q quit", nil},
	{"d dashboard", []string{"dashboard"}},
	{"b rebuild", []string{"up", "--detach", "--build", "--no-deps"}},
}

type key struct {
	title   string // begins with the letter
	command []string
}

// attach says why services fail, and where a user is at a terminal keeps the URLs in sight and takes
// keys, until the context that it gives ends or end is called. The key q ends that context alone.
func (a *after) attach(ctx context.Context) (attached context.Context, end func()) {
	attached, quit := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() { a.watchFailures(attached, ctx, a.followed().Services) })
	changed := make(chan []string)
	if !a.options.watch && !a.options.logs.aborts() {
		work.Go(func() { a.watchManifests(attached, changed) })
	}
	if a.env.CanAsk() && a.env.Getenv("CI") == "" && a.env.UI.Footer(a.footer(nil)...) {
		work.Go(func() { a.takeKeys(attached, changed, quit) })
	} else {
		work.Go(func() {
			for {
				select {
				case services := <-changed:
					a.env.Note("packages of " + command.List(services) + " changed; `devup up --detach " + strings.Join(services, " ") + "` builds the image")
				case <-attached.Done():
					return
				}
			}
		})
	}
	return attached, func() { quit(); work.Wait() }
}

// footer is what stays in sight; stale are the services whose images are to be built again.
func (a *after) footer(stale []string) [][]ui.Cell {
	var urls []ui.Cell
	letters := []ui.Cell{{Text: "key+Enter", Tone: ui.Faint}}
	for _, row := range a.outcome.URLs {
		if row.URL != "" && row.State != expose.NotRunning {
			urls = append(urls, ui.Cell{Text: row.Service + " " + row.URL, Link: row.URL})
		}
	}
	if len(stale) > 0 {
		letters = append(letters, ui.Cell{Text: "b builds " + command.List(stale) + ": packages changed", Tone: ui.Notice})
	}
	for _, k := range keys {
		if len(stale) == 0 || k.title[0] != 'b' {
			letters = append(letters, ui.Cell{Text: k.title, Tone: ui.Faint})
		}
	}
	if len(urls) == 0 {
		return [][]ui.Cell{letters}
	}
	return [][]ui.Cell{urls, letters}
}

// takeKeys runs the commands of keys until ctx ends.
func (a *after) takeKeys(ctx context.Context, changed <-chan []string, quit func()) {
	defer a.env.UI.Footer()
	resized, resumed, stop := terminalSignals()
	defer stop()
	var stale []string
	lines := enteredLines(ctx, a.env.In)
	for {
		select {
		case <-ctx.Done():
			return
		case <-resumed:
			a.env.UI.Resumed()
		case line := <-lines:
			a.env.UI.Typed(line)
			if line == "b" {
				line, stale = strings.Join(append([]string{"b"}, stale...), " "), nil
			}
			a.press(ctx, line, quit)
		case services := <-changed:
			stale = append(stale, services...)
			slices.Sort(stale)
			stale = slices.Compact(stale)
		case <-resized:
		}
		a.env.UI.Footer(a.footer(stale)...)
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
