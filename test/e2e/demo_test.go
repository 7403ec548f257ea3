//go:build e2e

package e2e

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// demo is the example after `devup init` and `devup up`, as `make demo` leaves it.
func demo(t *testing.T) *checkout {
	t.Helper()
	c := example(t, "cruddur")
	c.devup(t, "init", "--yes")
	c.devup(t, "up", "--detach")
	return c
}

// TestDemo walks the whole way once: it is long, and what follows on it needs the two
// services that it has brought up.
func TestDemo(t *testing.T) {
	c := demo(t)
	backend, frontend := c.url(t, "backend-flask"), c.url(t, "frontend-react-js")

	t.Run("the API answers", func(t *testing.T) {
		status, body, err := get(t.Context(), backend+"/api/activities/home")
		var activities []struct{ Handle, Message string }
		if err != nil || status != 200 || json.Unmarshal([]byte(body), &activities) != nil || len(activities) == 0 {
			t.Errorf("%s: %d %v\n%s", backend, status, err, body)
		}
	})
	t.Run("the page shows the activities", func(t *testing.T) {
		p := browse(t, frontend)
		p.shows(t, "@ada", "My loom weaves algebra now.")
		if problems := p.complaints(); len(problems) > 0 {
			t.Errorf("the browser's console has errors: %q", problems)
		}
	})
	t.Run("a second init writes nothing", func(t *testing.T) {
		before := c.tree(t)
		r := c.devup(t, "init", "--yes")
		same(t, before, c.tree(t), r)
	})
	t.Run("a second up changes nothing and asks the engine six times at most", func(t *testing.T) {
		before := starts(t, c.name)
		engine := count(t)
		c.env = append(c.env, "DOCKER_HOST="+engine.host)
		defer func() { c.env = c.env[:len(c.env)-1] }()
		r := c.devup(t, "up", "--detach")
		calls := engine.seen()
		if after := starts(t, c.name); !slices.Equal(before, after) {
			t.Errorf("containers before:\n%q\nafter:\n%q\n%v", before, after, r)
		}
		if calls = slices.DeleteFunc(calls, func(call string) bool { return call == "HEAD /_ping" || call == "GET /_ping" }); len(calls) > 6 {
			t.Errorf("%d API calls:\n%q", len(calls), calls)
		}
	})
	t.Run("an edit of a route shows without a restart", func(t *testing.T) {
		before := starts(t, c.name)
		c.replace(t, "backend-flask/activities/home.py", "My loom weaves algebra now.", "My loom is at rest.")
		eventually(t, answers(t, backend+"/api/activities/home", "My loom is at rest."))
		if after := starts(t, c.name); !slices.Equal(before, after) {
			t.Errorf("containers before:\n%q\nafter:\n%q", before, after)
		}
	})
	t.Run("an edit of a component shows in the open page", func(t *testing.T) {
		p := browse(t, frontend)
		p.shows(t, "Cruddur")
		p.isLive(t)
		c.replace(t, "frontend-react-js/src/App.js", "<h1>Cruddur</h1>", "<h1>Cruddur, edited</h1>")
		p.shows(t, "Cruddur, edited")
	})
	t.Run("down waits for no process that ignores the signal", func(t *testing.T) {
		began := time.Now()
		r := c.devup(t, "down")
		if rest := containers(t, c.name); len(rest) > 0 {
			t.Errorf("%d containers are left\n%v", len(rest), r)
		}
		for name, sent := range signals(t, c.name, began) {
			if len(sent) != 1 { // the second one comes after the grace period
				t.Errorf("%s got the signals %q\n%v", name, sent, r)
			}
		}
	})
	t.Run("down of the volumes leaves nothing", func(t *testing.T) {
		r := c.devup(t, "down", "--volumes", "--yes")
		if rest := c.leaves(t); len(rest) > 0 {
			t.Errorf("left: %q\n%v", rest, r)
		}
	})
}

// starts names each container of a project with its identity and the time it started.
func starts(t *testing.T, project string) []string {
	t.Helper()
	var all []string
	for _, c := range containers(t, project) {
		service := c.Labels["com.docker.compose.service"]
		all = append(all, service+" "+c.ID+" "+inspect(t, project, service).State.StartedAt)
	}
	if len(all) == 0 {
		t.Fatalf("the project %s has no containers", project)
	}
	return all
}

// same fails where two trees of files differ.
func same(t *testing.T, before, after map[string]string, because any) {
	t.Helper()
	for name, content := range before {
		if now, there := after[name]; !there {
			t.Errorf("%s is gone\n%v", name, because)
		} else if now != content {
			t.Errorf("%s changed from\n%s\nto\n%s\n%v", name, content, now, because)
		}
	}
	for name := range after {
		if _, there := before[name]; !there {
			t.Errorf("%s is new\n%v", name, because)
		}
	}
}
