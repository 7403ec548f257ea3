//go:build e2e

package e2e

import (
	"context"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"
)

var (
	update   = flag.Bool("update", false, "write down what docker compose makes, where it is found")
	byRecord = flag.Bool("by-record", false, "compare with what was written down, also where docker compose is found")
)

// recorded is the API version of the engine on which testdata/parity/*.golden was
// written down; other engines show other things of the same container.
const recorded = "1.51"

// deliberate are the differences between what docker compose makes and what devup makes
// that are meant to be, each with its reason. A line is "RESOURCE FIELD VALUE".
var deliberate = []struct{ pattern, reason string }{
	{`"HostIp":"(127\.0\.0\.1)?"`, "a port without an address is published on localhost"},
	{`"HostPort":"(|49\d{3}|[56]\d{4})"`, "devup chooses a port that may be any, so that it can name it before the start"},
	{`"HostPort":"28131(-28139)?"`, "devup chooses a port of a range"},
	{`^container PROJECT-from-ro-1 (Mounts|HostConfig\.VolumesFrom).*`, "the mode of volumes_from is kept"},
	{`^container PROJECT-long-1 (Mounts\[/label\]|HostConfig\.(Mounts|Binds)) .*`, "an SELinux label is set in the long form too"},
}

// TestParity: every attribute makes the same containers, networks and volumes as under
// docker compose, or differs for a reason that is written down above.
func TestParity(t *testing.T) {
	t.Parallel()
	projects, err := filepath.Glob(filepath.Join("testdata", "parity", "*.yaml"))
	if err != nil || len(projects) == 0 {
		t.Fatalf("no projects to compare: %v", err)
	}
	compose := ""
	if !*byRecord {
		compose = composeBinary(t)
	}
	for _, file := range projects {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			needs(t, file)
			c := parityCheckout(t, file)
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			var want []string
			switch content, err := os.ReadFile(golden); {
			case compose != "":
				want = byCompose(t, c, compose)
				if *update {
					if err := os.WriteFile(golden, []byte(strings.Join(want, "\n")+"\n"), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			case docker.ClientVersion() != recorded:
				t.Skipf("no docker compose here, and the record is of API %s", recorded)
			case err != nil:
				t.Fatal(err)
			default:
				want = strings.Split(strings.TrimSpace(string(content)), "\n")
			}
			r := c.devup(t, "create")
			got := made(t, c)
			if compose == "" { // the default depends on the kernel's version of cgroups
				byKernel := func(line string) bool { return strings.Contains(line, " HostConfig.CgroupnsMode ") }
				want, got = slices.DeleteFunc(want, byKernel), slices.DeleteFunc(got, byKernel)
			}
			if differ := differences(meant(want), meant(got)); len(differ) > 0 {
				t.Errorf("docker compose made (-), devup made (+):\n%s\n%v", strings.Join(differ, "\n"), r)
			}
		})
	}
}

var needed = regexp.MustCompile(`(?m)^# Needs API (\S+)\.$`)

// needs skips a project that has attributes which the engine does not know yet. Unit
// tests hold that they are refused there.
func needs(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := needed.FindStringSubmatch(string(content))
	if m != nil && versions.LessThan(docker.ClientVersion(), m[1]) {
		t.Skipf("the engine speaks API %s, and this needs %s", docker.ClientVersion(), m[1])
	}
}

// parityCheckout is a checkout with one of the projects as its compose.yaml, the files
// that they need, and the network and volume that one of them takes for granted.
func parityCheckout(t *testing.T, file string) *checkout {
	t.Helper()
	c := newCheckout(t)
	c.env = append(c.env, "COMPOSE_PROJECT_NAME="+c.name, "PARITY_SECRET=open sesame")
	if err := os.CopyFS(c.dir, os.DirFS(filepath.Dir(file))); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(c.path(filepath.Base(file)), c.path("compose.yml")); err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{projectLabel: thisRun + "outside"} // so that reap finds them
	if _, err := docker.NetworkCreate(t.Context(), c.name+"-external", client.NetworkCreateOptions{Labels: labels}); err != nil {
		t.Fatal(err)
	}
	if _, err := docker.VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: c.name + "-external", Labels: labels}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), waitLimit)
		defer cancel()
		if r := c.run(ctx, "down", "--volumes", "--yes", "--timeout", "0"); r.code != 0 {
			t.Errorf("%v", r)
		}
		_, _ = docker.NetworkRemove(ctx, c.name+"-external", client.NetworkRemoveOptions{})
		_, _ = docker.VolumeRemove(ctx, c.name+"-external", client.VolumeRemoveOptions{})
	})
	return c
}

// composeBinary is a docker compose that runs by itself, or empty where there is none.
func composeBinary(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(root, "test", "world", "compose")).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// byCompose is what docker compose makes of the project; it is gone afterwards.
func byCompose(t *testing.T, c *checkout, compose string) []string {
	t.Helper()
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), compose, args...)
		cmd.Dir, cmd.Env = c.dir, append(os.Environ(), c.env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	said, err := run("create")
	lines := made(t, c)
	if err != nil || len(lines) == 0 {
		t.Fatalf("docker compose made nothing: %v\n%s", err, said)
	}
	if said, err := run("down", "--volumes", "--timeout", "0"); err != nil {
		t.Fatalf("docker compose down: %v\n%s", err, said)
	}
	return lines
}

// meant takes what is meant to differ out of the lines.
func meant(lines []string) []string {
	var kept []string
	for _, line := range lines {
		for _, d := range deliberate {
			line = regexp.MustCompile(d.pattern).ReplaceAllString(line, "(differs)")
		}
		kept = append(kept, line)
	}
	return kept
}

// differences are the lines that only one of two sorted lists has.
func differences(want, got []string) []string {
	var differ []string
	for _, line := range want {
		if !slices.Contains(got, line) {
			differ = append(differ, "- "+line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			differ = append(differ, "+ "+line)
		}
	}
	slices.SortStableFunc(differ, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
	return differ
}

// made describes what the engine has of a project, a line for each field that says
// something, without what differs from run to run.
func made(t *testing.T, c *checkout) []string {
	t.Helper()
	names := map[string]string{} // ID -> what it is called in the lines
	var lines []string
	for _, found := range containers(t, c.name) {
		inspected, err := docker.ContainerInspect(t.Context(), found.ID, client.ContainerInspectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		names[found.ID[:12]] = "ID"
		names[found.ID] = strings.ReplaceAll(inspected.Container.Name[1:], c.name, "PROJECT")
		lines = append(lines, describeContainer(inspected.Container)...)
	}
	networks, err := docker.NetworkList(t.Context(), client.NetworkListOptions{Filters: labelled(c.name)})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks.Items {
		lines = append(lines, describeNetwork(n)...)
	}
	volumes, err := docker.VolumeList(t.Context(), client.VolumeListOptions{Filters: labelled(c.name)})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range volumes.Items {
		lines = append(lines, describeVolume(v)...)
	}
	replace := []string{c.dir, "DIR"}
	for _, id := range slices.SortedFunc(maps.Keys(names), func(a, b string) int { return len(b) - len(a) }) {
		replace = append(replace, id, names[id])
	}
	replace = append(replace, c.name, "PROJECT")
	text := strings.NewReplacer(replace...).Replace(strings.Join(lines, "\n"))
	lines = strings.Split(text, "\n")
	slices.Sort(lines)
	return slices.Compact(lines)
}
