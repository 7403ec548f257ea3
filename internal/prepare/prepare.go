// Package prepare gets what a fresh clone lacks before its services can start: files to
// copy, secrets to generate, values that only the user knows, and consent to use credentials of this machine.
//
// A [Preparer] is used with one loaded project after the other:
//
//	for step := p.Next(project, err); step != nil; step = p.Next(project, err) {
//		step(ctx)
//		project, err = load again
//	}
//
// It keeps what it gets, so that the next command has nothing to ask. Questions go through
// an [Asker]; the caller holds no lock meanwhile.
package prepare

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/consent"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// Asker asks the user, one question at a time.
type Asker interface {
	// CanAsk tells whether a user is there to answer.
	CanAsk() bool
	// Say shows lines that belong to a question.
	Say(lines ...string)
	// Confirm asks a yes-or-no question; --yes answers it.
	Confirm(ctx context.Context, question string) (bool, error)
	// Answer asks for one line, without space around it. What is hidden is not shown while
	// it is typed.
	Answer(ctx context.Context, question string, hidden bool) (string, error)
}

// Preparer prepares one command. It asks for nothing twice. It is not safe for concurrent
// use.
type Preparer struct {
	Asker
	Yes      bool         // agree to every copy, and ask for no value
	Note     func(string) // what the user should know, besides questions
	Checkout func(root string) *checkout.Checkout
	Consents consent.Memory

	offered    map[string]bool // targets of copies that were made or asked about
	asked      bool            // for values
	generated  bool            // the secrets of the checkout
	offeredAsk bool            // values that the services start without, too
	without    bool            // the user agreed to start without env files
	answers    map[string]bool // to questions of this run, also where they cannot be kept
	told       bool            // that answers are remembered
}

// Step gets one thing that is missing.
type Step func(ctx context.Context) error

// Next is the next thing to get for a project, by the results of loading it; nil where
// nothing is left. The project is loaded again after each step, because what was made may
// show what else is missing.
func (p *Preparer) Next(loaded *project.Project, err error) Step {
	w := project.WantsOf(loaded, err)
	for _, c := range w.Copies {
		if p.offer(c.To) {
			return func(ctx context.Context) error { return p.copyExample(ctx, w, c) }
		}
	}
	if len(w.Generate) > 0 && !p.generated {
		p.generated = true
		return func(ctx context.Context) error { return p.generate(ctx, w) }
	}
	for _, o := range offers(loaded, w) {
		if (p.Yes || p.CanAsk()) && p.offer(o.To) {
			return func(ctx context.Context) error { return p.offerCopy(ctx, w, o) }
		}
	}
	if len(w.Values) > 0 && !p.asked && p.asksValues() && !fromShell(w) {
		p.asked = true
		return func(ctx context.Context) error { return p.askValues(ctx, w) }
	}
	if len(w.Ask) > 0 && !p.offeredAsk && p.asksValues() {
		p.offeredAsk = true
		return func(ctx context.Context) error { return p.askOptional(ctx, w) }
	}
	if err != nil || len(loaded.MissingEnvFiles) == 0 || p.without || p.Yes || !p.CanAsk() {
		return nil
	}
	p.without = true
	return func(ctx context.Context) error { return p.agreeToMissing(ctx, loaded.MissingEnvFiles) }
}

// asksValues tells whether values may be asked for: --yes answers no such question, and
// says that the user is not to be asked.
func (p *Preparer) asksValues() bool { return p.CanAsk() && !p.Yes }

// offer tells whether a copy was not offered before, and notes that it is now.
func (p *Preparer) offer(target string) bool {
	if p.offered[target] {
		return false
	}
	if p.offered == nil {
		p.offered = map[string]bool{}
	}
	p.offered[target] = true
	return true
}

// offerCopy copies a file if the user agrees.
func (p *Preparer) offerCopy(ctx context.Context, w project.Wants, o offer) error {
	if !p.Yes {
		p.Say(o.why)
	}
	agreed, err := p.Confirm(ctx, fmt.Sprintf("copy %s to %s?", o.From, o.To))
	if err != nil || !agreed {
		return err
	}
	return p.copyExample(ctx, w, o.FileCopy)
}

// offer is a copy that the user has to agree to.
type offer struct {
	project.FileCopy
	why string
}

// offers are the env files that do not exist and have an example.
func offers(loaded *project.Project, w project.Wants) []offer {
	var all []offer
	if w.Example != "" {
		all = append(all, offer{project.FileCopy{From: w.Example, To: ".env"}, ".env does not exist, and " + w.Example + " shows what belongs in it"})
	}
	if loaded == nil {
		return all
	}
	for _, m := range loaded.MissingEnvFiles {
		if m.Example != "" && filepath.IsLocal(m.File) && filepath.IsLocal(m.Example) {
			all = append(all, offer{project.FileCopy{From: m.Example, To: m.File}, m.String()})
		}
	}
	return all
}

// agreeToMissing asks whether services may start without env files that do not exist.
// Without a terminal the project's notes name them, and those that were offered to be
// copied have been named.
func (p *Preparer) agreeToMissing(ctx context.Context, missing []project.MissingEnvFile) error {
	for _, m := range missing {
		if !p.offered[m.File] {
			p.Say(m.String())
		}
	}
	agreed, err := p.Confirm(ctx, "go on without "+plural(len(missing), "it", "them")+"?")
	if err != nil || agreed {
		return err
	}
	first := missing[0]
	hint := "write it; it holds a line NAME=value for each variable"
	if first.Example != "" {
		hint = fmt.Sprintf("cp %s %s, and fill it in", first.Example, first.File)
	}
	e := fail.New(fail.Config, hint, "the env_file %s of %s does not exist", first.File, strings.Join(first.Services, ", "))
	e.Service = first.Services[0]
	return e
}

// plural is the first word for one thing, else the second.
func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// count is "1 value" or "3 values".
func count(n int, what string) string { return fmt.Sprint(n, " ", what, plural(n, "", "s")) }
