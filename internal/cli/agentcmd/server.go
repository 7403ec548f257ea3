package agentcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/cli/show"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/session"
)

// Bounds of what a tool gives: an agent reads all of it.
const (
	maxLogs   = 24 << 10 // bytes of lines
	maxOutput = 64 << 10 // bytes of objects
)

// server answers the calls of an agent. It keeps nothing between them.
type server struct{ env *command.Env }

// output is what a tool gives: the objects of devup --json, of which docs/json.md tells the fields.
type output struct {
	ExitCode int              `json:"exit_code" jsonschema:"0 done, 1 failed, 2 wrong usage or config, 3 a service is not ready, 4 no engine, 5 build failed"`
	Results  []map[string]any `json:"results" jsonschema:"what the command printed, each with its type"`
	Errors   []map[string]any `json:"errors" jsonschema:"what went wrong: code, reason, message, lines, hint and next command"`
	Notes    []string         `json:"notes,omitempty" jsonschema:"what else is worth knowing"`
	LeftOut  int              `json:"left_out,omitempty" jsonschema:"how many results are left out because the output would be too long"`
}

// add adds the tool that is a command line of devup.
func add[In any](s *server, m *mcp.Server, hints *mcp.ToolAnnotations, name, description string, line func(In) []string) {
	mcp.AddTool(m, &mcp.Tool{Name: name, Description: description, Annotations: hints}, func(ctx context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, output, error) {
		out := s.call(ctx, line(in))
		return &mcp.CallToolResult{IsError: out.ExitCode != 0}, out, nil
	})
}

// call runs a command of devup without a terminal, which answers its questions with no.
func (s *server) call(ctx context.Context, words []string) output {
	results := &collector{out: output{Results: []map[string]any{}, Errors: []map[string]any{}}}
	said := &collector{}
	code := s.env.Command(ctx, results, said, append([]string{"--json"}, words...)...)
	out := results.out
	out.ExitCode, out.LeftOut = code, out.LeftOut+said.out.LeftOut
	out.Errors, out.Notes = append(out.Errors, said.out.Errors...), said.out.Notes
	mask := s.mask(ctx)
	for _, o := range slices.Concat(out.Results, out.Errors) {
		show.Masked(mask, "", o)
	}
	for i, note := range out.Notes {
		out.Notes[i] = show.Masked(mask, "", note).(string)
	}
	return out
}

// collector takes objects, a line each, up to a bound, and forgets progress.
type collector struct {
	out  output
	size int
}

// Write takes whole lines.
func (c *collector) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		var o map[string]any
		if json.Unmarshal(line, &o) != nil {
			continue // not an object
		}
		note := o["type"] == "event" && o["kind"] == "note"
		switch {
		case o["type"] == "event" && !note:
			continue
		case c.size+len(line) > maxOutput:
			c.out.LeftOut++
			continue
		case note:
			c.out.Notes = append(c.out.Notes, o["text"].(string))
		case o["type"] == "error":
			c.out.Errors = append(c.out.Errors, o)
		default:
			c.out.Results = append(c.out.Results, o)
		}
		c.size += len(line)
	}
	return len(p), nil
}

// mask masks the secrets of the project, as far as its files can be read.
func (s *server) mask(ctx context.Context) secret.Mask {
	opened, err := session.Open(ctx, s.env.Quiet().Env, session.Want{Project: session.Optional, Unset: true})
	dir := s.env.Flags.Dir
	if err != nil {
		opened = &session.Session{}
	} else {
		defer opened.Close()
	}
	if opened.Project != nil {
		dir = opened.Project.WorkingDir
	}
	return show.MaskIn(s.env, dir, opened.Project)
}
