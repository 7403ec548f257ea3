package cli

import (
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/agentcmd"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/containercmd"
	"github.com/devup-cli/devup/internal/cli/dashboardcmd"
	"github.com/devup-cli/devup/internal/cli/doctorcmd"
	"github.com/devup-cli/devup/internal/cli/execcmd"
	"github.com/devup-cli/devup/internal/cli/imagecmd"
	"github.com/devup-cli/devup/internal/cli/projectcmd"
	"github.com/devup-cli/devup/internal/cli/upcmd"
	"github.com/devup-cli/devup/internal/cli/urlcmd"
	"github.com/devup-cli/devup/internal/fail"
)

// group is a group of commands in the help.
type group struct {
	id, title string
	commands  []*cobra.Command
}

// groups is the table of all commands.
func groups(p *command.Program) []group {
	return []group{
		{"start", "Start here:", []*cobra.Command{projectcmd.NewInit(p), withInit(p, upcmd.NewUp(p)), containercmd.NewDown(p)}},
		{"work", "While it runs:", []*cobra.Command{
			projectcmd.NewAdd(p), containercmd.NewPs(p), containercmd.NewLogs(p), urlcmd.NewUrls(p), urlcmd.NewOpen(p), dashboardcmd.NewDashboard(p), urlcmd.NewShare(p),
			execcmd.NewExec(p), execcmd.NewShell(p), execcmd.NewDB(p), execcmd.NewRun(p), execcmd.NewAttach(p), imagecmd.NewBuild(p),
			containercmd.NewStart(p), containercmd.NewStop(p), containercmd.NewRestart(p), containercmd.NewKill(p), containercmd.NewPause(p), containercmd.NewUnpause(p),
			containercmd.NewRm(p), execcmd.NewCp(p), execcmd.NewExport(p), imagecmd.NewCommit(p), containercmd.NewWait(p), containercmd.NewReady(p),
			upcmd.NewCreate(p), upcmd.NewScale(p), upcmd.NewWatch(p), imagecmd.NewPull(p), imagecmd.NewPush(p), projectcmd.NewPrune(p),
		}},
		{"inspect", "Look into it:", []*cobra.Command{
			upcmd.NewPlan(p), upcmd.NewWhy(p), containercmd.NewInspect(p), projectcmd.NewLs(p), imagecmd.NewImages(p), imagecmd.NewVolumes(p), containercmd.NewPort(p),
			containercmd.NewTop(p), containercmd.NewStats(p), containercmd.NewEvents(p), doctorcmd.NewDoctor(p), projectcmd.NewConfig(p),
		}},
		{"more", "More:", []*cobra.Command{projectcmd.NewSchema(p), newServe(p), containercmd.NewRemoveVolumes(p), newVersion(p), newCompletion(p), newMan(p), agentcmd.NewMcp(p), agentcmd.NewAgent(p)}},
	}
}

// withInit is a command that, on a terminal and without a project, has init find the services and ask
// whether to write the files, and then runs.
func withInit(p *command.Program, c *cobra.Command) *cobra.Command {
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		err := run(c, args)
		env := p.Env(false)
		if fail.CodeOf(err) != fail.NoProject || len(env.Flags.Files) > 0 || env.Flags.DryRun || !env.CanAsk() {
			return err
		}
		if failed := projectcmd.Init(c.Context(), env); failed != nil {
			return failed
		}
		p.Close() // the next run opens its own output
		return run(c, args)
	}
	return c
}
