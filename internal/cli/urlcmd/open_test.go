package urlcmd

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/expose"
)

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
