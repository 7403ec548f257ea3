package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/consent"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
)

// request is a credential of this machine that a project would use.
type request struct {
	egress.Credential
	use      egress.Use
	services []string // whose containers would use it
	allowed  bool
	reason   string // why, or why not; empty when the user was not asked yet
}

// users says who would use the credential: "builds and the containers of web".
func (r request) users() string {
	containers := "containers of " + strings.Join(r.services, ", ")
	switch {
	case !r.use.Containers:
		return "builds"
	case !r.use.Builds:
		return containers
	default:
		return "builds and the " + containers
	}
}

// question is what the user is asked, and under which the answer is kept: another registry,
// file or user is another question.
func (r request) question() string {
	return r.Held() + ": let the " + r.users() + " of this checkout use it?"
}

// withheld says that the project does without the credential, and how it gets it.
func (r request) withheld() string {
	return r.Held() + ": the " + r.users() + " do without it; --credentials=always lets them use it"
}

// outcome says what comes of the request.
func (r request) outcome() string {
	switch {
	case r.allowed:
		return r.Held() + ": the " + r.users() + " use it (" + r.reason + ")"
	case r.reason != "":
		return r.Held() + ": the " + r.users() + " do without it (" + r.reason + ")"
	default:
		return r.Held() + ": the " + r.users() + " do without it until you agree; `devup up` asks on a terminal"
	}
}

// consents is the memory of what the user has agreed to.
func (a *app) consents() consent.Memory {
	if dir := a.stateDir(); dir != "" {
		return consent.Memory{Dir: filepath.Join(dir, "consent")}
	}
	return consent.Memory{}
}

// requests are the credentials that the project's builds and containers would use, with what
// the settings and earlier answers say of each.
func (a *app) requests(ctx context.Context, p *project.Project) ([]request, error) {
	outside, err := a.outside()
	if err != nil || len(outside.Credentials) == 0 {
		return nil, err
	}
	demand, end := demandOf(p)
	defer end()
	wanted, uses := outside.Wanted(demand)
	id := a.checkoutAt(p.WorkingDir).ID(ctx)
	var all []request
	for i, c := range wanted {
		r := request{Credential: c, use: uses[i], services: demand.Services}
		switch yes, known := a.consents().Answer(id, r.question()); {
		case a.settings.Credentials != "ask":
			r.allowed, r.reason = a.settings.Credentials == "always", "credentials: "+a.settings.Credentials
		case known && yes:
			r.allowed, r.reason = true, "you agreed"
		case known:
			r.reason = "you declined; --credentials=always overrules that"
		}
		all = append(all, r)
	}
	return all, nil
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

// allowed is what this machine hands out to the project: without a question to the user,
// or with ask, which needs a terminal. It must not be called while the project's lock is
// held. withheld says of each credential that nobody decided on that the project does without.
func (a *app) allowed(ctx context.Context, p *project.Project, ask bool) (s egress.Settings, withheld []string, err error) {
	s, err = a.outside()
	if err != nil {
		return s, nil, err
	}
	requests, err := a.requests(ctx, p)
	if err != nil || len(requests) == 0 {
		return s, nil, err
	}
	uses := map[string]egress.Use{}
	for _, r := range requests {
		if r.reason == "" && ask && a.asks() {
			if r.allowed, err = a.askToUse(ctx, p, r); err != nil {
				return s, nil, err
			}
		} else if r.reason == "" {
			withheld = append(withheld, r.withheld())
		}
		if r.allowed {
			uses[r.ID()] = r.use
		}
	}
	if len(uses) == 0 {
		return s, withheld, nil
	}
	return s.Allow(uses, a.consents().Nonce()), withheld, nil
}

// askToUse asks the user, once for a checkout.
func (a *app) askToUse(ctx context.Context, p *project.Project, r request) (bool, error) {
	yes, err := a.confirm(ctx, r.question())
	if err == nil {
		a.remember(ctx, p, r.question(), yes)
	}
	return yes, err
}

// remember keeps what the user has answered. Where that is not possible, the user is asked
// again, and is told why.
func (a *app) remember(ctx context.Context, p *project.Project, question string, yes bool) {
	id, err := a.checkoutAt(p.WorkingDir).MakeID(ctx)
	if err == nil {
		err = a.consents().Keep(id, question, yes)
	}
	if err != nil {
		a.note("your answer cannot be kept, so devup asks again: " + err.Error())
	}
}

// credentialNotes say what the project would use of this machine's credentials, and gets.
func (a *app) credentialNotes(ctx context.Context, p *project.Project) []string {
	requests, err := a.requests(ctx, p)
	if err != nil {
		return nil
	}
	var notes []string
	for _, r := range requests {
		notes = append(notes, r.outcome())
	}
	return notes
}
