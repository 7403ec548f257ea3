// Package agentcmd holds the commands for coding agents: mcp and agent.
package agentcmd

import (
	"context"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/session"
)

// Main runs devup with arguments: the commands that the tools of the server are.
type Main func(ctx context.Context, args []string, process session.Process) int

// NewMcp is `devup mcp`.
func NewMcp(p *command.Program, main Main) *cobra.Command {
	var write bool
	c := &cobra.Command{
		Use:         "mcp",
		Annotations: command.ReadOnly,
		Short:       "Serve the Model Context Protocol on standard input and output, for coding agents",
		Long: `Serve the Model Context Protocol on standard input and output, for coding agents: which
services run, where they answer, what they print, why they fail. The tools change nothing
unless --allow-write is given, and then remove no volume and run no command of the agent's.`,
		Example: `  devup mcp
  devup mcp --allow-write`,
		Args: cobra.NoArgs,
	}
	c.Flags().BoolVar(&write, "allow-write", false, "add the tools that start and restart services and run setup steps")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, _ []string) error {
		s := &server{env: env, main: main, flags: inherited(c)}
		return s.build(write).Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(env.In), Writer: unclosed{env.Out}})
	})
	return c
}

// unclosed is a writer that is not closed with the connection.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }

// inherited are the flags that every command has, as they were given.
func inherited(c *cobra.Command) []string {
	var args []string
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Changed || f.Name == "yes" { // no question of a tool is answered with yes
			return
		}
		values := []string{f.Value.String()}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			values = several.GetSlice()
		}
		for _, value := range values {
			args = append(args, "--"+f.Name+"="+value)
		}
	})
	return args
}
