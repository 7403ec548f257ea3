// Package agentcmd holds the commands for coding agents: mcp and agent.
package agentcmd

import (
	"context"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
)

// NewMcp is `devup mcp`.
func NewMcp(p *command.Program) *cobra.Command {
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
		s := &server{env: env}
		return s.build(write).Run(ctx, &mcp.IOTransport{Reader: io.NopCloser(env.In), Writer: unclosed{env.Out}})
	})
	return c
}

// unclosed is a writer that is not closed with the connection.
type unclosed struct{ io.Writer }

// Close does nothing.
func (unclosed) Close() error { return nil }
