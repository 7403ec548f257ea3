package show

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/workspace"
)

// OpenBrowser opens a URL in the user's browser, and tells whether there is one.
func OpenBrowser(ctx context.Context, env *command.Env, place workspace.Info, url string) bool {
	program := browser(runtime.GOOS, place, env.Getenv, url)
	return program != nil && startBrowser(ctx, program) == nil
}

// browser is the command that opens a URL, or nil where there is none.
func browser(goos string, place workspace.Info, env func(string) string, url string) []string {
	switch {
	case place.Provider == "gitpod":
		return []string{"gp", "preview", url, "--external"}
	case env("BROWSER") != "":
		// Several may be named; the first counts. "%s" stands for the URL.
		first, _, _ := strings.Cut(env("BROWSER"), ":")
		command := strings.Fields(first)
		if len(command) == 0 {
			return nil
		}
		for i, word := range command {
			if strings.Contains(word, "%s") {
				command[i] = strings.ReplaceAll(word, "%s", url)
				return command
			}
		}
		return append(command, url)
	case goos == "darwin":
		return []string{"open", url}
	case goos == "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler", url}
	case env("WSL_DISTRO_NAME") != "":
		return []string{"wslview", url}
	case env("DISPLAY") == "" && env("WAYLAND_DISPLAY") == "":
		return nil
	}
	return []string{"xdg-open", url}
}

// startBrowser runs the command. One that is still running after a moment is the
// browser itself and stays.
func startBrowser(ctx context.Context, command []string) error {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	c := exec.CommandContext(context.WithoutCancel(ctx), path, command[1:]...) //nolint:gosec // the user's own choice
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(2 * time.Second):
		return nil
	}
}
