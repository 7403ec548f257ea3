//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
)

// trio is a small project with something of each kind that a kill could leave half done.
const trio = `
-- compose.yaml --
services:
  db:
    image: busybox
    init: true
    command: sleep 1000
    environment: {COLOR: blue}
    volumes: ["data:/data", "/own"]
    secrets: [token]
  web:
    image: busybox
    init: true
    command: sleep 1000
    environment: {COLOR: blue}
    networks: [default, back]
    configs: [motd]
    depends_on: {db: {condition: service_started, restart: true}}
  side:
    image: busybox
    init: true
    command: sleep 1000
    network_mode: service:web
networks: {back: {}}
volumes: {data: {}}
secrets: {token: {environment: TOKEN}}
configs: {motd: {content: "good morning"}}
`

// TestKilledAnywhere: wherever up, up with changes or down is killed, the next up ends
// with what an undisturbed one ends with, keeps the data, and down then leaves nothing.
// The kills of each project are shared out so that they do not wait for each other.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for name, project := range map[string]struct{ files, check string }{
		"images": {trio, "true"},
	} {
		for i := range 5 {
			t.Run(fmt.Sprint(name, " ", i+1), func(t *testing.T) {
				t.Parallel()
				v := &victim{checkout: files(t, project.files), check: project.check, color: "blue", undisturbed: map[string]string{}}
				v.env = append(v.env, "TOKEN=secret")
				v.killed(t, kills(3))
			})
		}
	}
}

// kills is how often something is killed: a few times, or ten times where E2E_KILLS asks for all of
// the kills, which `make test-kills` does.
func kills(few int) int {
	if os.Getenv("E2E_KILLS") != "" {
		return 10
	}
	return few
}

// victim is a project whose runs are killed.
type victim struct {
	*checkout
	check       string // what holds in db after each up: a command in which $COLOR is the color
	color       string
	undisturbed map[string]string // what the engine has after an up that no one kills, by color
}

func (v *victim) killed(t *testing.T, times int) {
	up := v.devup(t, "up", "-d").took
	v.undisturbed[v.color] = v.picture(t)
	v.repaint(t)
	change := v.devup(t, "up", "-d").took
	v.undisturbed[v.color] = v.picture(t)
	down := v.devup(t, "down").took
	v.devup(t, "up", "-d")
	for i := range times {
		v.mark(t)
		switch i % 3 {
		case 0:
			v.repaint(t)
			at := v.kill(t, change, "up", "-d")
			v.recovers(t, "up with changes", at, "/data/mark", "/own/mark")
		case 1:
			at := v.kill(t, down, "down")
			v.recovers(t, "down", at, "/data/mark")
		default:
			v.devup(t, "down", "--volumes", "--yes")
			at := v.kill(t, up, "up", "-d")
			v.recovers(t, "up", at)
		}
	}
	r := v.devup(t, "down", "--volumes", "--yes")
	if rest := left(t, v.name); len(rest) > 0 {
		t.Errorf("left: %q\n%v", rest, r)
	}
}

// stopped is a project of what stops in different ways: at once, because it does not hear the
// signal; a moment later; and with packages in a volume that down leaves behind.
const stopped = `
-- compose.yaml --
services:
  db: {image: busybox, init: true, command: sleep 1000, environment: {COLOR: blue}, volumes: ["data:/data", "/own"]}
  deaf: {image: busybox, command: sleep 1000, depends_on: [db]}
  slow: {image: busybox, command: [sh, -c, "trap 'sleep 0.3; exit 0' TERM; while :; do sleep 0.1; done"], depends_on: [db]}
  web: {build: ., volumes: [".:/web", "/web/node_modules"]}
volumes: {data: {}}
-- Dockerfile --
FROM busybox
RUN mkdir -p /web/node_modules && seq 2000 | (cd /web/node_modules && xargs touch)
CMD ["sleep", "1000"]
`

// TestKilledWhileItStops: wherever down, stop, restart or what down leaves behind is killed, the next
// up ends with what an undisturbed one ends with, and down then leaves nothing.
func TestKilledWhileItStops(t *testing.T) {
	t.Parallel()
	for i := range kills(2) / 2 {
		t.Run(fmt.Sprint("project ", i+1), func(t *testing.T) {
			t.Parallel()
			v := &victim{checkout: files(t, stopped), color: "blue", undisturbed: map[string]string{}}
			v.devup(t, "up", "-d")
			v.undisturbed[v.color] = v.picture(t)
			v.mark(t)
			commands := [][]string{{"down"}, {"stop"}, {"restart"}, {"down", "--volumes", "--yes"}, {"remove-volumes", v.name}}
			took := map[string]time.Duration{}
			for i := range kills(len(commands)) {
				command := commands[i%len(commands)]
				what := strings.Join(command, " ")
				if command[0] == "remove-volumes" {
					v.devup(t, "down", "--timeout", "0")
				}
				if took[what] == 0 { // how long an undisturbed one takes
					took[what] = v.devup(t, command...).took
					v.devup(t, "up", "-d")
					if command[0] == "remove-volumes" {
						v.devup(t, "down", "--timeout", "0")
					}
				}
				at := v.kill(t, took[what], command...)
				v.recovers(t, what, at)
			}
			r := v.devup(t, "down", "--volumes", "--yes")
			if rest := v.leaves(t); len(rest) > 0 {
				t.Errorf("left: %q\n%v", rest, r)
			}
		})
	}
}

// repaint changes what both db and web are made from.
func (v *victim) repaint(t *testing.T) {
	t.Helper()
	old := v.color
	v.color = map[string]string{"blue": "red", "red": "blue"}[old]
	v.write(t, "compose.yaml", strings.ReplaceAll(v.read(t, "compose.yaml"), "COLOR: "+old, "COLOR: "+v.color))
}

// mark puts data where a named and an anonymous volume are.
func (v *victim) mark(t *testing.T) {
	t.Helper()
	v.inside(t, "sh", "-c", "touch /data/mark /own/mark")
}

func (v *victim) inside(t *testing.T, command ...string) {
	t.Helper()
	if out, err := (&scene{project: v.name}).inside(t.Context(), append([]string{"db"}, command...)); err != nil {
		t.Errorf("%s in db: %v %s", strings.Join(command, " "), err, out)
	}
}

// kill runs devup and kills it at some moment of the time that it would take.
func (v *victim) kill(t *testing.T, took time.Duration, args ...string) (at time.Duration) {
	t.Helper()
	cmd := v.command(context.WithoutCancel(t.Context()), args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	at = rand.N(took)
	pause := time.NewTimer(at)
	<-pause.C
	_ = cmd.Process.Kill() // that it is done already is one of the points in time
	_ = cmd.Wait()
	return at
}

// recovers checks that the next up ends as an undisturbed one does, with these files
// still in db.
func (v *victim) recovers(t *testing.T, what string, at time.Duration, data ...string) {
	t.Helper()
	r := v.devup(t, "up", "-d")
	if diff := cmp.Diff(v.undisturbed[v.color], v.picture(t)); diff != "" {
		t.Fatalf("%s was killed after %v; then\n%v\n-undisturbed +now\n%s", what, at, r, diff)
	}
	v.inside(t, "sh", "-c", strings.ReplaceAll(v.check, "$COLOR", v.color))
	for _, file := range data {
		v.inside(t, "test", "-e", file)
	}
}

// picture is what the engine has of the project, without what differs from run to run.
func (v *victim) picture(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	ids := map[string]string{}
	list := containers(t, v.name)
	for _, c := range list {
		ids[c.ID] = strings.TrimPrefix(c.Names[0], "/")
	}
	for _, c := range list {
		service := c.Labels["com.docker.compose.service"]
		v.describe(&b, ids, inspect(t, v.name, service))
	}
	things := slices.DeleteFunc(left(t, v.name), func(thing string) bool { return strings.HasPrefix(thing, "container ") })
	for i, thing := range things {
		if !strings.Contains(thing, v.name) {
			things[i] = "anonymous volume"
		}
	}
	slices.Sort(things)
	b.WriteString(strings.Join(things, "\n"))
	return b.String()
}

func (v *victim) describe(b *strings.Builder, ids map[string]string, c container.InspectResponse) {
	fmt.Fprintf(b, "%s %s %q\n", c.Name, c.State.Status, c.Config.Env)
	mode := string(c.HostConfig.NetworkMode)
	if of, ok := strings.CutPrefix(mode, "container:"); ok {
		mode = "container of " + ids[of]
	}
	fmt.Fprintf(b, "  networks %s %q\n", mode, slices.Sorted(maps.Keys(c.NetworkSettings.Networks)))
	var mounts []string
	for _, m := range c.Mounts {
		name := m.Name
		if !strings.HasPrefix(name, v.name) { // anonymous
			name = ""
		}
		mounts = append(mounts, fmt.Sprint(m.Type, " ", name, " ", m.Destination))
	}
	slices.Sort(mounts)
	fmt.Fprintf(b, "  mounts %q\n", mounts)
	// Compose's hash of a service in another's network knows the ID of that container;
	// devup's own label tells each field.
	// A build that was killed may run its steps again.
	differs := []string{"dev.devup.cause", "com.docker.compose.replace", "com.docker.compose.config-hash", "com.docker.compose.image"}
	for _, key := range slices.Sorted(maps.Keys(c.Config.Labels)) {
		if !slices.Contains(differs, key) {
			fmt.Fprintf(b, "  label %s=%s\n", key, c.Config.Labels[key])
		}
	}
}
