package agentcmd

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
)

// NewAgent is `devup agent`.
func NewAgent(p *command.Program) *cobra.Command {
	c := &cobra.Command{Use: "agent", Short: "Prepare a repository for coding agents"}
	var dryRun bool
	init := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a skill, a block in AGENTS.md and the configuration of devup mcp",
		Long: `Write what tells coding agents how to work with devup: a skill, a marked block in
AGENTS.md and, after asking, the entry of devup mcp. Nothing that you wrote is changed;
without a terminal and without --yes only new files are written, and no MCP entry.`,
		Example: `  devup agent init
  devup agent init --dry-run`,
		Args: cobra.MaximumNArgs(1),
	}
	init.Flags().BoolVar(&dryRun, "dry-run", false, "print what would be written and write nothing")
	init.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error {
		return runInit(ctx, env, env.Directory(args), dryRun)
	})
	c.AddCommand(init)
	return c
}

//go:embed skill.md
var skill []byte

// The marks around devup's block in AGENTS.md, and the block.
const (
	begin = "<!-- devup: begin -->"
	end   = "<!-- devup: end -->"
	block = begin + `
## Running the services

This repository's services run in containers, which devup builds and starts. After each edit run
` + "`devup up --detach --json`" + `; its last line is a JSON object with the state, the URLs and each failure with
its cause and the next command. Do not start servers or databases in other ways.
The skill in ` + "`.agents/skills/devup/SKILL.md`" + ` says more.
` + end + "\n"
)

// target is a file that agents read.
type target struct {
	path, content string
	where         string // a directory that has to exist; empty for always
	ask           bool   // it is written only after asking, as it has programs run
}

func targets() []target {
	return []target{
		{path: "AGENTS.md", content: block},
		{path: ".agents/skills/devup/SKILL.md", content: string(skill)},
		{path: ".claude/skills/devup/SKILL.md", content: string(skill), where: ".claude"},
		{path: ".mcp.json", content: entry("mcpServers"), ask: true},
		{path: ".cursor/mcp.json", content: entry("mcpServers"), where: ".cursor", ask: true},
		{path: ".vscode/mcp.json", content: entry("servers"), where: ".vscode", ask: true},
	}
}

// entry is the configuration of devup mcp below a key.
func entry(key string) string {
	return "{\n  \"" + key + "\": {\n    \"devup\": {\n      \"command\": \"devup\",\n      \"args\": [\"mcp\"]\n    }\n  }\n}\n"
}

// fileObject is a file in JSON. Its names are a promise.
type fileObject struct {
	Type  string `json:"type"` // "file"
	Path  string `json:"path"`
	State string `json:"state"` // "written", "new" with --dry-run, "differs", "declined"
	Diff  string `json:"diff,omitempty"`
}

func runInit(ctx context.Context, env *command.Env, dir string, dryRun bool) error {
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fail.Wrap(err, fail.Usage, "", "the directory %s cannot be read", dir)
	}
	defer root.Close()
	for _, t := range targets() {
		if _, err := root.Stat(t.where); t.where != "" && err != nil {
			continue
		}
		if err := t.write(ctx, env, root, dryRun); err != nil {
			return err
		}
	}
	return nil
}

// write writes the file where it is new or where devup's block in it is to be added or renewed. Of
// another file it shows what to add.
func (t target) write(ctx context.Context, env *command.Env, root *os.Root, dryRun bool) error {
	info, link := root.Lstat(t.path)
	have, err := untrusted.ReadFileFS(untrusted.FS(root), t.path, untrusted.MaxText)
	exists := err == nil
	if link == nil && !info.Mode().IsRegular() || err != nil && !errors.Is(err, fs.ErrNotExist) {
		env.Note(t.path + " is no file that devup reads, and stays as it is") // a link, for example
		return nil
	}
	file := scaffold.File{Path: t.path, Content: t.merged(have)}
	o := fileObject{Type: "file", Path: t.path, State: "new"}
	if exists {
		o.State, o.Diff = "differs", scaffold.Diff(file, have)
	}
	yes := !exists && !t.ask
	switch {
	case exists && (bytes.Equal(have, file.Content) || t.ask && bytes.Contains(have, []byte(`"devup"`))):
		return nil
	case dryRun:
		return t.report(env, o)
	case exists && t.path != "AGENTS.md":
		return t.report(env, o)
	case !yes:
		if env.CanAsk() {
			env.UI.Diff(scaffold.Diff(file, have))
		}
		if yes, err = t.confirm(ctx, env); err != nil {
			return err
		}
	}
	if !yes {
		o.State = "declined"
		return t.report(env, o)
	}
	if exists {
		err = atomicfile.ReplaceIn(root, t.path, file.Content, 0o644)
	} else {
		_, err = scaffold.Write(root, []scaffold.Change{{File: file, State: scaffold.New}})
	}
	if err != nil {
		return fail.Wrap(err, fail.Denied, "check who may write it", "%s could not be written: %v", t.path, err)
	}
	o.State, o.Diff = "written", ""
	return t.report(env, o)
}

// confirm asks the user; without one, only --yes agrees.
func (t target) confirm(ctx context.Context, env *command.Env) (bool, error) {
	if !env.CanAsk() {
		return env.Settings.Yes, nil
	}
	return env.Confirm(ctx, "write this to "+t.path+"?")
}

// merged is what the file is to hold: all of it, or what is there with devup's block.
func (t target) merged(have []byte) []byte {
	if t.path != "AGENTS.md" || len(have) == 0 {
		return []byte(t.content)
	}
	eol, block := "\n", strings.TrimSuffix(t.content, "\n")
	if bytes.Count(have, []byte("\r\n")) == bytes.Count(have, []byte("\n")) && bytes.Contains(have, []byte("\n")) { // as git on Windows checks out
		eol, block = "\r\n", strings.ReplaceAll(block, "\n", "\r\n")
	}
	before, rest, found := bytes.Cut(have, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		before, after = append(bytes.TrimRight(have, "\r\n"), eol+eol...), []byte(eol)
	}
	return slices.Concat(before, []byte(block), after)
}

func (t target) report(env *command.Env, o fileObject) error {
	switch {
	case env.UI.Mode() == ui.JSON:
		env.UI.Object(o)
	case o.State == "differs":
		env.UI.Text(t.path + " exists and is not changed; what devup would add:")
		env.UI.Diff(o.Diff)
	case o.State == "declined":
		env.Say("not written: " + t.path)
	default:
		env.UI.Text(map[string]string{"new": "would write ", "written": "wrote "}[o.State] + t.path)
	}
	return nil
}
