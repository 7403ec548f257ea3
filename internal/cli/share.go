package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/tunnel"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/workspace"
)

// shareOptions are the flags of share.
type shareOptions struct {
	via string // the name of a tunnel tool; empty for the first that is installed
}

func (a *app) shareCommand() *cobra.Command {
	var o shareOptions
	var names []string
	for _, t := range tunnel.Tools() {
		names = append(names, t.Name)
	}
	c := &cobra.Command{
		Use:   "share [SERVICE...]",
		Short: "Open services of this machine to the internet, until Ctrl-C",
		Long: `Open services of this machine to the internet through a tunnel, start the project
with the tunnels' URLs in the place of the local ones, and close all of it at Ctrl-C.
Without names: the services that are marked public: true. Ports that are not for
browsers, as databases', are never opened.

The tunnel is that of a program which has to be installed, the first found of
` + strings.Join(names, ", ") + `; cloudflared needs no account.`,
		Example: `  devup share frontend backend
  devup share --via ngrok`,
		ValidArgsFunction: a.completeServices,
	}
	c.Flags().StringVar(&o.via, "via", "", "the `program` that opens the tunnels: "+strings.Join(names, ", "))
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.share(ctx, args, o) })
	return c
}

func (a *app) share(ctx context.Context, services []string, o shareOptions) error {
	place, err := a.detect()
	if err != nil {
		return err
	}
	if err := needless(place); err != nil {
		return err
	}
	tool, err := tunnel.Choose(o.via, exec.LookPath)
	if err != nil {
		return err
	}
	p, rows, err := a.sharable(ctx, services)
	if err != nil {
		return err
	}
	agreed, err := a.agreeToShare(ctx, p, tool.Name, rows)
	if err != nil || !agreed {
		return err
	}
	mark, err := a.raiseShare(ctx, a.engine, p.Name)
	if errors.Is(err, lock.ErrRaised) {
		return fail.New(fail.Failed, "end that one with Ctrl-C first", "another `devup share` of project %s is running", p.Name)
	}
	if err != nil {
		return err
	}
	s := &sharing{app: a, tool: tool, rows: rows, mark: mark}
	return s.run(ctx)
}

// needless refuses tunnels out of a cloud workspace.
func needless(place workspace.Place) error {
	switch {
	case !place.Remote:
		return nil
	case place.Locked:
		return fail.New(fail.Usage, "whoever may log in there gets to its URLs", "%s lets nobody in without a login, and devup does not go around that", place.Title)
	}
	return fail.New(fail.Usage, "mark services with `public: true` under x-devup, or `devup up --public` opens all of them",
		"%s has public URLs of its own, and no tunnel is needed", place.Title)
}

// sharable finds the ports to share in the project as `devup up` would start it: their
// numbers are decided, and nothing is done yet.
func (a *app) sharable(ctx context.Context, services []string) (*project.Project, []expose.Row, error) {
	at, err := a.site(ctx, nil, asUsual(), false)
	if err != nil {
		return nil, nil, err
	}
	if !at.engine.Local() {
		return nil, nil, fail.New(fail.Usage, "run `devup share` there, or use an engine of this machine", "the engine runs on another machine, and a tunnel leads to this one")
	}
	outcome, err := at.run(ctx, up.Options{DryRun: true})
	if err != nil {
		return nil, nil, err
	}
	rows, err := expose.Sharable(outcome.Project, expose.Table(outcome.Project, at.machine.Place, nil), services)
	return at.project, rows, err
}

// agreeToShare says what is opened, every time, and asks where the user has not agreed to
// exactly that before.
func (a *app) agreeToShare(ctx context.Context, p *project.Project, tool string, rows []expose.Row) (bool, error) {
	var what, services []string
	for _, r := range rows {
		what = append(what, fmt.Sprintf("%s (port %d)", r.Service, r.Port)+leading(p, r))
		services = append(services, expose.Through(p, r)...)
	}
	a.ui.Say("This opens "+list(what)+" to the internet, until Ctrl-C: whoever has the URL reaches the",
		"development server without a login, with whatever it may do on this machine.",
		"Give the URLs to people that you trust only.")
	for _, note := range up.DebuggersLeft(p, services) {
		a.note(note)
	}
	question := shareQuestion(p, tool, rows)
	if yes, _ := a.consents().Answer(a.checkoutAt(p.WorkingDir).ID(ctx), question); yes {
		return true, nil
	}
	agreed, err := a.confirm(ctx, "open "+list(what)+" to the internet?")
	if err != nil {
		return false, err
	}
	if !agreed {
		a.ui.Say("nothing was opened")
		return false, nil
	}
	if !a.settings.Yes { // a flag or a setting answers for one run
		a.remember(ctx, p, question, true)
	}
	return true, nil
}

// leading names the services that a row opens with it: those behind the gateway.
func leading(p *project.Project, r expose.Row) string {
	if r.Service != project.GatewayName || p.Gateway == nil {
		return ""
	}
	return ", and through it " + list(expose.Through(p, r)) + ","
}

// target is what the tunnel of a port leads to: the address that it is bound to.
func target(r expose.Row, slot int) tunnel.Target {
	t := tunnel.Target{Host: "127.0.0.1", Port: r.Port, Slot: slot}
	if ip := net.ParseIP(r.HostIP); ip != nil && !ip.IsUnspecified() {
		t.Host = r.HostIP
	}
	return t
}
