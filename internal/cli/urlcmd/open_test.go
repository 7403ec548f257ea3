package urlcmd

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/expose"
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

func TestEntrance(t *testing.T) {
	t.Parallel()
	rows := []expose.Row{
		{Service: "api", Target: 4567, URL: "http://a", State: expose.Running},
		{Service: "db", Target: 5432, Address: "localhost:5432", State: expose.Running},
		{Service: "old", Target: 3000, URL: "http://o", State: expose.NotRunning},
		{Service: "web", Target: 3000, URL: "http://w", State: expose.Running},
	}
	for want, given := range map[string][]expose.Row{"web": rows, "api": rows[:2], "old": rows[2:3]} {
		if got, err := primaryPort(given, nil); err != nil || got.Service != want {
			t.Errorf("got %q, %v; want %q", got.Service, err, want)
		}
	}
	if _, err := primaryPort(rows[1:2], []string{"db"}); err == nil || !strings.Contains(err.Error(), "db publishes no port") {
		t.Errorf("error %v", err)
	}
}
