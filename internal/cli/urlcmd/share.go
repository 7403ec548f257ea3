package urlcmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/reconcile"
	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lock"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/tunnel"
	"github.com/devup-cli/devup/internal/up"
	"github.com/devup-cli/devup/internal/workspace"
)

// shareOptions are the flags of share.
type shareOptions struct {
	via string // the name of a tunnel tool; empty for the first that is installed
}

// NewShare is `devup share`.
func NewShare(p *command.Program) *cobra.Command {
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
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().StringVar(&o.via, "via", "", "the `program` that opens the tunnels: "+strings.Join(names, ", "))
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runShare(ctx, env, args, o) })
	return c
}

func runShare(ctx context.Context, env *command.Env, services []string, o shareOptions) error {
	place, err := env.DetectWorkspace()
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
	s, rows, err := sharable(ctx, env, services)
	if err != nil {
		return err
	}
	defer s.Close()
	agreed, err := agreeToShare(ctx, env, s.Project, tool.Name, rows)
	if err != nil || !agreed {
		return err
	}
	share, err := s.BeginShare(ctx)
	if errors.Is(err, lock.ErrRaised) {
		return fail.New(fail.Failed, "end that one with Ctrl-C first", "another `devup share` of project %s is running", s.Name)
	}
	if err != nil {
		return err
	}
	return (&sharing{env: env, tool: tool, rows: rows, share: share}).run(ctx)
}

// needless refuses tunnels out of a cloud workspace.
func needless(place workspace.Info) error {
	switch {
	case !place.Remote:
		return nil
	case place.Locked:
		return fail.New(fail.Usage, "give access to its URLs to users who may log in there", "%s requires a login, and devup does not bypass it", place.Title)
	}
	return fail.New(fail.Usage, "mark services with `public: true` under x-devup, or `devup up --public` opens all of them",
		"%s has public URLs already, so no tunnel is needed", place.Title)
}

// sharable finds the ports to share in the project as `devup up` would start it: their
// numbers are decided, and nothing is done yet.
func sharable(ctx context.Context, env *command.Env, services []string) (*session.Session, []expose.Row, error) {
	r, err := reconcile.Default().Request(env, nil)
	if err != nil {
		return nil, nil, err
	}
	r.Options.DryRun, r.Check = true, onThisMachine
	s, outcome, err := reconcile.Run(ctx, env, r)
	if err != nil {
		return nil, nil, err
	}
	rows, err := expose.Sharable(outcome.Project, expose.Table(outcome.Project, s.Workspace, nil), services)
	if err != nil {
		s.Close()
	}
	return s, rows, err
}

// onThisMachine refuses an engine to whose ports a tunnel from here does not lead.
func onThisMachine(s *session.Session) (*session.Session, error) {
	if !s.Engine.Local() {
		return nil, fail.New(fail.Usage, "run `devup share` there, or use an engine of this machine", "the engine runs on another machine, and a tunnel reaches this one only")
	}
	return s, nil
}

// agreeToShare says what is opened, every time, and asks where the user has not agreed to
// exactly that before.
func agreeToShare(ctx context.Context, env *command.Env, p *project.Project, tool string, rows []expose.Row) (bool, error) {
	var what, services []string
	for _, r := range rows {
		what = append(what, fmt.Sprintf("%s (port %d)", r.Service, r.Port)+leading(p, r))
		services = append(services, expose.Through(p, r)...)
	}
	n := len(services)
	env.Say("This opens "+command.List(what)+" to the internet, until Ctrl-C.",
		"Anyone with "+command.Plural(n, "the URL reaches the development server", "a URL reaches the development servers")+" without a login.",
		"Give "+command.Plural(len(rows), "the URL", "the URLs")+" only to people whom you trust with what "+command.Plural(n, "it", "they")+" can do on this machine.")
	for _, note := range up.DebuggersLeft(p, services) {
		env.Note(note)
	}
	question := shareQuestion(p, tool, rows)
	if yes, _ := env.Consents().Answer(env.Checkout(p.WorkingDir).ID(ctx), question); yes {
		return true, nil
	}
	agreed, err := env.Confirm(ctx, "open "+command.List(what)+" to the internet?")
	if err != nil {
		return false, err
	}
	if !agreed {
		env.Say("nothing was opened")
		return false, nil
	}
	if !env.Settings.Yes { // a flag or a setting answers for one run
		env.Preparer().Remember(ctx, p, question, true)
	}
	return true, nil
}

// leading names the services that a row opens with it: those behind the gateway.
func leading(p *project.Project, r expose.Row) string {
	if r.Service != project.GatewayName || p.Gateway == nil {
		return ""
	}
	return ", and through it " + command.List(expose.Through(p, r)) + ","
}

// target is what the tunnel of a port leads to: the address that it is bound to.
func target(r expose.Row, slot int) tunnel.Target {
	t := tunnel.Target{Host: "127.0.0.1", Port: r.Port, Slot: slot}
	if ip := net.ParseIP(r.HostIP); ip != nil && !ip.IsUnspecified() {
		t.Host = r.HostIP
	}
	return t
}
