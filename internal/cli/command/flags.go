package command

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/session"
)

// flags are those that every command has. The ones that are not here become part of the
// settings.
type flags struct {
	session.Flags
	noColor bool

	ansi          string // Compose's word for colours and cursor moves
	compatibility bool   // Compose 1's names, which devup does not give
	verbose       bool   // has no effect, as in Compose
}

const fileUsage = "use this config `file`; may be repeated"

// BindGlobal declares the flags that every command has.
func (p *Program) BindGlobal(set *pflag.FlagSet) {
	f := &p.flags
	set.StringVarP(&f.Dir, "directory", "C", "", "work in this `directory` instead of the current one")
	set.StringVar(&f.Root, "project-directory", "", "take this `directory` for the project's: paths in the files are relative to it")
	set.StringArrayVarP(&f.Files, "file", "f", nil, fileUsage)
	set.StringVarP(&f.Name, "project-name", "p", "", "use this project `name`")
	set.StringArrayVar(&f.Profiles, "profile", nil, "activate this `profile`; may be repeated")
	set.StringArrayVar(&f.EnvFiles, "env-file", nil, "read variables from this `file` instead of .env; may be repeated")
	set.String("host", "", "use the container engine at this `address`")
	set.String("context", "", "use the engine of this docker `context`")
	set.Bool("json", false, "print one JSON object a line, for programs")
	set.BoolP("yes", "y", false, "answer yes to every question, apart from those about credentials")
	set.String("credentials", "ask", "let builds use tokens and passwords of package registries: `when` to, ask, always or never")
	set.BoolVar(&f.noColor, "no-color", false, "print no colours (as NO_COLOR does)")
	set.BoolVar(&f.DryRun, "dry-run", false, "print what would be done and do nothing")
	set.StringVar(&f.ansi, "ansi", "", "colours and cursor moves: auto, never or always")
	set.BoolVar(&f.compatibility, "compatibility", false, "name containers as Compose 1 did")
	set.BoolVar(&f.verbose, "verbose", false, "has no effect")
	for _, name := range []string{"ansi", "compatibility", "verbose"} {
		_ = set.MarkHidden(name) // it exists
	}
	set.String("progress", "auto", "how to show progress: auto, tty, plain, json or quiet")
}

// BindFile declares --file without its short form, for a command where -f is another flag,
// as it is in Compose.
func (p *Program) BindFile(set *pflag.FlagSet) {
	set.StringArrayVar(&p.flags.Files, "file", nil, fileUsage)
}

// BindName declares --project-name without its short form, for a command where -p is
// another flag, as it is in Compose.
func (p *Program) BindName(set *pflag.FlagSet) {
	set.StringVar(&p.flags.Name, "project-name", "", "use this project `name`")
}

// TimeoutFlag declares how many seconds containers may take to stop. [StopTimeout] reads
// it.
func TimeoutFlag(c *cobra.Command, seconds *int) {
	c.Flags().IntVarP(seconds, "timeout", "t", -1, "how many `seconds` containers may take to stop; their own by default")
	c.Flags().Lookup("timeout").DefValue = "0" // what the help takes for no default, and does not print
}

// StopTimeout is the time that containers have to stop; nil for their own.
func StopTimeout(seconds int) *time.Duration {
	if seconds < 0 {
		return nil
	}
	d := time.Duration(seconds) * time.Second
	return &d
}

// GatewayFlag declares --gateway, which may be given without a value.
func GatewayFlag(f *pflag.FlagSet, g *session.Gateway) {
	*g = session.GatewayAsConfigured
	f.VarPF((*gatewayValue)(g), "gateway", "", "serve everything through one port: the frontend at /, the others below the paths that they answer").NoOptDefVal = "true"
}

// gatewayValue is the value of --gateway.
type gatewayValue session.Gateway

// String is the value as the flag's help shows it.
func (v *gatewayValue) String() string {
	switch session.Gateway(*v) {
	case session.GatewayOn:
		return "true"
	case session.GatewayOff:
		return "false"
	}
	return ""
}

// Set reads true or false.
func (v *gatewayValue) Set(text string) error {
	on, err := strconv.ParseBool(text)
	*v = gatewayValue(session.GatewayOff)
	if on {
		*v = gatewayValue(session.GatewayOn)
	}
	return err
}

// Type makes the help show the flag without a value.
func (v *gatewayValue) Type() string { return "bool" }
