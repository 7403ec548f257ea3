package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// provided is [app.read] for a command that starts services. What a fresh clone lacks is
// made: files that the project says to copy, files that the person agrees to copy from an
// example, and variables that nobody but the person can know, who is asked on a terminal.
// All of it is kept, so that the next time there is nothing to ask.
func (a *app) provided(ctx context.Context, o *project.Options) (*project.Project, error) {
	p, err := a.read(ctx, o)
	a.noteRefused(ctx, rootOf(p, err))
	s := supply{app: a, offered: map[string]bool{}}
	for {
		made, failed := s.next(ctx, p, project.WantsOf(p, err))
		if failed != nil {
			return nil, failed
		}
		if !made {
			break
		}
		p, err = a.loadProject(ctx, *o) // what was made may show what else is wanted
	}
	if err != nil {
		return nil, err
	}
	return p, a.goOnWithout(ctx, p.MissingEnvFiles, s.offered)
}

// rootOf is the directory of a project, by the results of [app.read]; empty where that is
// not known.
func rootOf(p *project.Project, err error) string {
	if p != nil {
		return p.WorkingDir
	}
	return project.WantsOf(p, err).Root
}

// supply is one run of provided.
type supply struct {
	*app
	offered map[string]bool // targets of copies that were made or asked about
	asked   bool            // for values
}

// next makes the next thing that is wanted, and tells whether it made one. It ends,
// because nothing is made or asked for twice.
func (s *supply) next(ctx context.Context, p *project.Project, w project.Wants) (made bool, err error) {
	for _, c := range w.Copies {
		if !s.offered[c.To] {
			s.offered[c.To] = true
			return true, s.copyExample(ctx, w.Root, c)
		}
	}
	for _, o := range offers(p, w) {
		if s.offered[o.To] || !s.settings.Yes && !s.canAsk() {
			continue
		}
		s.offered[o.To] = true
		if !s.settings.Yes {
			s.ui.Say(o.why)
		}
		agreed, err := s.confirm(ctx, fmt.Sprintf("copy %s to %s?", o.From, o.To))
		if err != nil {
			return false, err
		}
		if agreed {
			return true, s.copyExample(ctx, w.Root, o.FileCopy)
		}
	}
	if len(w.Values) == 0 || s.asked || !s.asks() {
		return false, nil
	}
	s.asked = true
	return s.askFor(ctx, w)
}

// offer is a copy that the person has to agree to.
type offer struct {
	project.FileCopy
	why string
}

// offers are the env files that are not there and have an example beside them.
func offers(p *project.Project, w project.Wants) []offer {
	var all []offer
	if w.Example != "" {
		all = append(all, offer{project.FileCopy{From: w.Example, To: ".env"}, ".env is not there, and " + w.Example + " shows what belongs in it"})
	}
	if p == nil {
		return all
	}
	for _, m := range p.MissingEnvFiles {
		if m.Example != "" && filepath.IsLocal(m.File) && filepath.IsLocal(m.Example) {
			all = append(all, offer{project.FileCopy{From: m.Example, To: m.File}, m.String()})
		}
	}
	return all
}

// goOnWithout asks, where there is somebody to ask, whether services may start without
// env files that are not there. Without a terminal the project's Notes tell of them, and
// those that were offered to be copied have been named.
func (a *app) goOnWithout(ctx context.Context, missing []project.MissingEnvFile, offered map[string]bool) error {
	if len(missing) == 0 || a.settings.Yes || !a.canAsk() {
		return nil
	}
	for _, m := range missing {
		if !offered[m.File] {
			a.ui.Say(m.String())
		}
	}
	agreed, err := a.confirm(ctx, "go on without "+one(len(missing), "it", "them")+"?")
	if err != nil || agreed {
		return err
	}
	first := missing[0]
	hint := "write it; it holds a line NAME=value for each variable"
	if first.Example != "" {
		hint = fmt.Sprintf("cp %s %s, and fill it in", first.Example, first.File)
	}
	e := fail.New(fail.Config, hint, "the env_file %s of %s is not there", first.File, strings.Join(first.Services, ", "))
	e.Service = first.Services[0]
	return e
}
