package session

import (
	"testing"
)

func TestStateDir(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ goos, name, value, want string }{
		{"linux", "", "", "/home/ada/.local/state/devup"},
		{"linux", "XDG_STATE_HOME", "/x", "/x/devup"},
		{"linux", "XDG_STATE_HOME", "relative", "/home/ada/.local/state/devup"},
		{"darwin", "", "", "/home/ada/Library/Application Support/devup/state"},
	} {
		env := func(name string) string {
			if name == c.name {
				return c.value
			}
			return ""
		}
		if got := stateDir(c.goos, env, "/home/ada"); got != c.want {
			t.Errorf("%s %s=%s: %q, want %q", c.goos, c.name, c.value, got, c.want)
		}
	}
	for _, goos := range []string{"linux", "darwin"} {
		if got := stateDir(goos, func(string) string { return "" }, ""); got != "" {
			t.Errorf("%s without a home: %q, want nothing rather than a directory in the project", goos, got)
		}
	}
}
