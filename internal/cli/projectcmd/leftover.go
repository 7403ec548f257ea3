package projectcmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/moby/moby/client"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/engine"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// leftover is a project whose directory is gone, with what the engine has of it.
type leftover struct {
	name, dir  string
	look       observe.Project
	containers int64            // bytes that they have written
	volumes    map[string]int64 // those that hold data: name -> bytes, -1 where the engine does not know
}

// leftovers finds the projects whose directory is gone, by name, and measures them: all, or
// those that are named, each of which has to be one.
func leftovers(ctx context.Context, s *session.Session, names []string) ([]leftover, error) {
	state := s.State
	var left []leftover
	for _, name := range names {
		if !checkout.Removed(state.Owners[name]) {
			return nil, fail.New(fail.Usage, "devup ls --all marks those; devup down -p NAME removes any other", "%s is not a project on this engine whose directory was deleted", name)
		}
	}
	for _, name := range state.Names() {
		meant := len(names) == 0 || slices.Contains(names, name)
		if dir := state.Owners[name]; meant && checkout.Removed(dir) {
			left = append(left, leftover{name: name, dir: dir, look: state.Project(name), volumes: map[string]int64{}})
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	return left, measure(ctx, s.Engine, left)
}

// measure asks the engine how much it keeps of leftovers.
func measure(ctx context.Context, e *engine.Engine, left []leftover) error {
	usage, err := e.Client.DiskUsage(ctx, client.DiskUsageOptions{Containers: true, Volumes: true, Verbose: true})
	if err != nil {
		return fmt.Errorf("measure containers and volumes: %w", err)
	}
	written, held := map[string]int64{}, map[string]int64{}
	for _, c := range usage.Containers.Items {
		written[c.ID] = c.SizeRw
	}
	for _, v := range usage.Volumes.Items {
		if held[v.Name] = -1; v.UsageData != nil {
			held[v.Name] = v.UsageData.Size
		}
	}
	for i := range left {
		for _, c := range left[i].look.Containers {
			left[i].containers += written[c.ID]
		}
		for _, v := range left[i].look.Volumes {
			if v.Mask == "" {
				left[i].volumes[v.Name] = held[v.Name]
			}
		}
	}
	return nil
}

// leftoverObject is a leftover in JSON. Its names are a promise.
type leftoverObject struct {
	Type            string           `json:"type"` // "leftover"
	Name            string           `json:"name"`
	Dir             string           `json:"dir"`
	Containers      int              `json:"containers"`
	ContainersBytes int64            `json:"containers_bytes"` // what they have written
	Networks        int              `json:"networks"`
	Volumes         map[string]int64 `json:"volumes"` // name -> bytes, -1 where it is not known
}

func showLeftovers(env *command.Env, left []leftover) {
	t := ui.Table{Header: []string{"NAME", "CONTAINERS", "NETWORKS", "VOLUMES", "DIRECTORY"}}
	for _, l := range left {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(leftoverObject{"leftover", l.name, l.dir, len(l.look.Containers), l.containers, len(l.look.Networks), l.volumes})
			continue
		}
		of := sum([]leftover{l})
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: l.name, Tone: ui.Strong},
			{Text: amount(of.containers, of.containerBytes)},
			{Text: fmt.Sprint(of.networks)},
			{Text: amount(of.volumes, of.volumeBytes)},
			{Text: l.dir + " was deleted", Tone: ui.Notice},
		})
	}
	if len(t.Rows) > 0 {
		env.UI.Table(t)
	}
}

// amount is how many there are and how much they take, "2 (1.5MB)".
func amount(n int, bytes int64) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", n, command.Size(bytes))
}

// totals are what leftovers come to.
type totals struct {
	containers, networks, volumes, masks int
	containerBytes, volumeBytes          int64
}

func sum(left []leftover) totals {
	var t totals
	for _, l := range left {
		t.containers, t.containerBytes = t.containers+len(l.look.Containers), t.containerBytes+l.containers
		t.networks += len(l.look.Networks)
		t.volumes += len(l.volumes)
		t.masks += len(l.look.Volumes) - len(l.volumes)
		for _, bytes := range l.volumes {
			t.volumeBytes += max(bytes, 0)
		}
	}
	return t
}

func (t totals) volumesText() string {
	return fmt.Sprint(t.volumes, command.Plural(t.volumes, " volume", " volumes"))
}

// question asks for what would be removed; empty where there is nothing.
func (t totals) question(projects int, volumes bool) string {
	var parts []string
	if t.containers > 0 {
		parts = append(parts, fmt.Sprintf("%d %s (%s)", t.containers, command.Plural(t.containers, "container", "containers"), command.Size(t.containerBytes)))
	}
	parts = counted(parts, t.networks, t.masks)
	if t.volumes > 0 && volumes {
		parts = append(parts, fmt.Sprintf("%s (%s) with the data in %s", t.volumesText(), command.Size(t.volumeBytes), command.Plural(t.volumes, "it", "them")))
	}
	if len(parts) == 0 {
		return ""
	}
	return "remove " + strings.Join(parts, ", ") + " of " + command.Plural(projects, "this project", "these projects") + "?"
}
