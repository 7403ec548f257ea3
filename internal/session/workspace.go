package session

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/workspace"
)

// DetectWorkspace finds out where devup runs, from variables and files alone.
func (e *Env) DetectWorkspace() (workspace.Info, error) {
	return workspace.Detect(e.Getenv, os.DirFS("/"), workspace.Override{
		Provider: e.Settings.Provider, Template: e.Settings.PublicURLTemplate,
	})
}

// ReadWorkspace is [Env.DetectWorkspace], and asks the platform there for its URLs.
func (e *Env) ReadWorkspace(ctx context.Context) (workspace.Info, error) {
	place, err := e.DetectWorkspace()
	if err != nil {
		return workspace.Info{}, err
	}
	return place.Ask(ctx, workspaceTools(e.Process)), nil
}

// WorkspaceControl is what can be done with the ports of a workspace. What its own programs
// cannot do is done over HTTP.
func (e *Env) WorkspaceControl(place workspace.Info, client expose.Client) workspace.Control {
	tools := workspaceTools(e.Process)
	tools.Do = client.Do
	return place.Control(tools)
}

// PortControl is what can be done with the ports of the session's workspace.
func PortControl(s *Session) workspace.Control {
	return s.WorkspaceControl(s.Workspace, s.ReadEgress().Client())
}

// workspaceTools are how the programs of a workspace are reached.
func workspaceTools(p Process) workspace.Tools {
	return workspace.Tools{Run: p.runProgram, Env: p.Getenv}
}

// runProgram runs a program of the platform without a terminal, so that it cannot ask
// anything.
func (p Process) runProgram(ctx context.Context, argv ...string) (string, error) {
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return "", fmt.Errorf("%s %w", argv[0], workspace.ErrNoProgram)
	}
	var out, words bytes.Buffer
	c := exec.CommandContext(ctx, path, argv[1:]...) //nolint:gosec // package workspace says which
	c.Env, c.Stdout, c.Stderr = p.Environ, &out, &words
	c.WaitDelay = time.Second // for one that leaves a child with its streams behind
	err = c.Run()
	switch {
	case err == nil:
		return out.String(), nil
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s does not end: %w", argv[0], context.Cause(ctx))
	case errors.Is(err, exec.ErrWaitDelay):
		return out.String(), nil
	}
	said := cmp.Or(strings.TrimSpace(words.String()), strings.TrimSpace(out.String()))
	return "", errors.New(argv[0] + ": " + cmp.Or(said, err.Error()))
}
