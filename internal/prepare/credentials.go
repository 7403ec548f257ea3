package prepare

import (
	"context"
	"io/fs"
	"os"
	"strings"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/consent"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Request is a credential of this machine that a project would use.
type Request struct {
	egress.Credential
	Use      egress.Use
	Services []string // whose containers would use it
	Allowed  bool
	Reason   string // why, or why not; empty when the user was not asked yet
}

// users says who would use the credential: "builds and the containers of web".
func (r Request) users() string {
	containers := "containers of " + strings.Join(r.Services, ", ")
	switch {
	case !r.Use.Containers:
		return "builds"
	case !r.Use.Builds:
		return containers
	default:
		return "builds and the " + containers
	}
}

// question is what the user is asked, and under which the answer is kept: another registry,
// file or user is another question.
func (r Request) question() string {
	return r.Description() + ": let the " + r.users() + " of this checkout use it?"
}

// Withheld says that the project does without the credential, and how it gets it.
func (r Request) Withheld() string {
	return r.Description() + ": the " + r.users() + " run without it; --credentials=always lets them use it"
}

// Outcome says what comes of the request.
func (r Request) Outcome() string {
	switch {
	case r.Allowed:
		return r.Description() + ": the " + r.users() + " use it (" + r.Reason + ")"
	case r.Reason != "":
		return r.Description() + ": the " + r.users() + " run without it (" + r.Reason + ")"
	default:
		return r.Description() + ": the " + r.users() + " run without it until you agree; `devup up` asks on a terminal"
	}
}

// Requests are the credentials of this machine that the project's builds and containers
// would use, with what the setting credentials (ask, always or never) and earlier answers
// say of each.
func (p *Preparer) Requests(ctx context.Context, loaded *project.Project, outside egress.Settings, setting string) []Request {
	if len(outside.Credentials) == 0 {
		return nil
	}
	demand, end := demandOf(loaded)
	defer end()
	wanted, uses := outside.Wanted(demand)
	id := p.Checkout(loaded.WorkingDir).ID(ctx)
	var all []Request
	for i, c := range wanted {
		r := Request{Credential: c, Use: uses[i], Services: demand.Services}
		yes, known := p.answered(id, r.question())
		switch {
		case setting != "ask":
			r.Allowed, r.Reason = setting == "always", "credentials: "+setting
		case known && yes:
			r.Allowed, r.Reason = true, "you agreed"
		case known:
			r.Reason = "you declined; --credentials=always overrules that"
		}
		all = append(all, r)
	}
	return all
}

// NextConsent asks the user about all requests that are undecided; nil where there is none,
// or no user to ask.
func (p *Preparer) NextConsent(loaded *project.Project, requests []Request) Step {
	var open []Request
	for _, r := range requests {
		if r.Reason == "" {
			open = append(open, r)
		}
	}
	if len(open) == 0 || !p.asksValues() {
		return nil
	}
	return func(ctx context.Context) error {
		for _, r := range open {
			if err := p.Question(loaded, r.question())(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// Question asks the user, and remembers the answer for the checkout.
func (p *Preparer) Question(loaded *project.Project, question string) Step {
	return func(ctx context.Context) error {
		yes, err := p.Confirm(ctx, question)
		if err == nil {
			p.Remember(ctx, loaded, question, yes)
		}
		return err
	}
}

// Answered is what the user has answered to a question about the checkout, if known.
func (p *Preparer) Answered(ctx context.Context, loaded *project.Project, question string) (yes, known bool) {
	return p.answered(p.Checkout(loaded.WorkingDir).ID(ctx), question)
}

func (p *Preparer) answered(id, question string) (yes, known bool) {
	if yes, known = p.answers[question]; known {
		return yes, known
	}
	return p.Consents.Answer(id, question)
}

// Remember keeps what the user has answered, and says for how long. Where that is not possible,
// the user is asked again by the next command, and is told why.
func (p *Preparer) Remember(ctx context.Context, loaded *project.Project, question string, yes bool) {
	if p.answers == nil {
		p.answers = map[string]bool{}
	}
	p.answers[question] = yes
	id, err := p.Checkout(loaded.WorkingDir).MakeID(ctx)
	if err == nil {
		err = p.Consents.Keep(id, question, yes)
	}
	if err != nil {
		p.Note("your answer cannot be kept, so devup asks again: " + err.Error())
	} else if !p.told {
		p.told = true
		p.Say("your answer is remembered for this checkout; to be asked again, remove " + checkout.Dir + "/" + checkout.TokenFile)
	}
}

// demandOf says what in a project would use credentials. The caller calls end, after which
// its directories cannot be read.
func demandOf(p *project.Project) (d egress.Demand, end func()) {
	for _, name := range p.ServiceNames() {
		if p.Extensions[name].Egress {
			d.Services = append(d.Services, name)
		}
	}
	dirs := []string{p.WorkingDir}
	if specs, err := build.Specs(p); err == nil { // what is wrong with them, the build says
		d.Clients = build.Installs(specs)
		for _, s := range specs {
			if s.Local() {
				dirs = append(dirs, s.Context)
			}
		}
	}
	var roots []*os.Root
	seen := map[string]bool{}
	for _, dir := range dirs {
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if root, err := os.OpenRoot(dir); err == nil {
			roots = append(roots, root)
			d.Dirs = append(d.Dirs, fs.FS(untrusted.FS(root)))
		}
	}
	return d, func() {
		for _, root := range roots {
			_ = root.Close() // it was only read
		}
	}
}

// Allow is what this machine hands out where these requests are decided as they are.
// withheld says of each that is undecided that the project does without.
func Allow(requests []Request, outside egress.Settings, m consent.Memory) (allowed egress.Settings, withheld []string) {
	uses := map[string]egress.Use{}
	for _, r := range requests {
		if r.Reason == "" {
			withheld = append(withheld, r.Withheld())
		}
		if r.Allowed {
			uses[r.ID()] = r.Use
		}
	}
	if len(uses) == 0 {
		return outside, withheld
	}
	return outside.Allow(uses, m.Nonce()), withheld
}
