package show

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/workspace"
)

func TestBrowser(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, goos string
		place      workspace.Info
		env, want  string
	}{
		{"linux desktop", "linux", workspace.Info{}, "DISPLAY=:0", "xdg-open URL"},
		{"wayland", "linux", workspace.Info{}, "WAYLAND_DISPLAY=w", "xdg-open URL"},
		{"no screen", "linux", workspace.Info{}, "", ""},
		{"wsl", "linux", workspace.Info{}, "WSL_DISTRO_NAME=Ubuntu", "wslview URL"},
		{"mac", "darwin", workspace.Info{}, "", "open URL"},
		{"windows", "windows", workspace.Info{}, "", "rundll32 url.dll,FileProtocolHandler URL"},
		{"own", "darwin", workspace.Info{}, "BROWSER=firefox -P dev", "firefox -P dev URL"},
		{"own with a place", "linux", workspace.Info{}, "BROWSER=lynx %s:w3m", "lynx URL"},
		{"codespaces", "linux", workspace.Info{Provider: "codespaces"}, "BROWSER=/vscode/bin/browser.sh", "/vscode/bin/browser.sh URL"},
		{"gitpod", "linux", workspace.Info{Provider: "gitpod"}, "BROWSER=x", "gp preview URL --external"},
	} {
		env := func(name string) string {
			value, ok := strings.CutPrefix(c.env, name+"=")
			if !ok {
				return ""
			}
			return value
		}
		if got := strings.Join(browser(c.goos, c.place, env, "URL"), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
