// Package checkout is what devup keeps of one checkout, in the folder .devup of it: what
// belongs to that folder of files and nobody else's. When it is deleted, the person is asked
// again and steps of setup run again, and no more is lost.
// git ignores the folder by a .gitignore of its own. What belongs to the person or the
// machine (images, locks, certificates) lies elsewhere, in the person's folder for state.
//
// [Read] never fails: what is missing, broken, or of another devup counts as nothing kept.
// [Update] is the only way to change it.
package checkout

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/lock"
)

// Dir is the folder in a checkout.
const Dir = ".devup"

// version is that of the file's form. Another one is not understood.
const version = 1

// State is what is kept. The zero value keeps nothing.
type State struct {
	Version  int                `json:"version"`
	Projects map[string]Project `json:"projects"` // by name: one folder may run under several
}

// Project is what is kept of a project of the checkout.
type Project struct {
	Ports []Port `json:"ports,omitempty"` // the host ports that are not those of the files
	// Setup are the steps of setup that ran, by service and the name of the step.
	Setup map[string]map[string]Step `json:"setup,omitempty"`
}

// Step is what is kept of a step of setup that ended well. Both are hashes.
type Step struct {
	Command string `json:"command"` // of the command that ran
	Data    string `json:"data"`    // of the volumes that were there, so that new ones are told
}

// Port is the host port that a published port got the last time.
type Port struct {
	Service  string `json:"service"`
	Target   int    `json:"target"`
	Protocol string `json:"protocol"`
	Index    int    `json:"index,omitempty"` // as in project.PortKey
	Copy     int    `json:"copy,omitempty"`  // as in project.PortKey
	Wanted   int    `json:"wanted"`          // what the files asked for then; 0 for any
	Port     int    `json:"port"`
}

// Read gives what is kept of the checkout at root.
func Read(root string) State {
	text, err := os.ReadFile(filepath.Join(root, Dir, "state.json"))
	var c State
	if err != nil || json.Unmarshal(text, &c) != nil || c.Version != version {
		return State{}
	}
	return c
}

// Update changes what is kept of a project. Nobody else writes meanwhile, and whoever
// reads, or looks after a crash, finds the old state or the new one. Where nothing changes,
// nothing is written. The error is about a folder that cannot be written, or ctx's.
func Update(ctx context.Context, root, project string, change func(*Project)) error {
	if was := Read(root).Projects[project]; !changes(was, change) {
		return nil
	}
	dir, err := Folder(root)
	if err != nil {
		return err
	}
	held, err := lock.Take(ctx, dir, "", "state", func() {})
	if err != nil {
		return err
	}
	defer held.Release()
	file := filepath.Join(dir, "state.json")
	if held.Killed {
		atomicfile.Sweep(file)
	}
	now := Read(root)
	kept := now.Projects[project]
	change(&kept)
	if now.Version = version; now.Projects == nil {
		now.Projects = map[string]Project{}
	}
	if now.Projects[project] = kept; kept.empty() {
		delete(now.Projects, project)
	}
	text, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Replace(file, append(text, '\n'))
}

func changes(was Project, change func(*Project)) bool {
	now := Project{Ports: slices.Clone(was.Ports), Setup: maps.Clone(was.Setup)}
	for service, steps := range now.Setup {
		now.Setup[service] = maps.Clone(steps)
	}
	change(&now)
	return (!was.empty() || !now.empty()) && !reflect.DeepEqual(now, was)
}

// empty says that nothing is kept.
func (p Project) empty() bool { return len(p.Ports) == 0 && len(p.Setup) == 0 }

// Turn waits until no other devup does in this checkout what work names. The caller
// releases it. As with [lock.Take], the error is ctx's.
func Turn(ctx context.Context, root, work string, waiting func()) (lock.Held, error) {
	dir, err := Folder(root)
	if err != nil {
		return lock.Held{}, nil //nolint:nilerr // it is a courtesy
	}
	return lock.Take(ctx, dir, "", work, waiting)
}

// Folder makes the folder of the checkout at root, which git ignores, and gives its path.
func Folder(root string) (string, error) {
	dir := filepath.Join(root, Dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	ignore := filepath.Join(dir, ".gitignore")
	if all, err := os.ReadFile(ignore); err == nil && string(all) == "*\n" {
		return dir, nil
	}
	return dir, atomicfile.Replace(ignore, []byte("*\n"))
}
