// Package checkout is what devup keeps of one checkout, in its directory .devup: what
// belongs to that directory of files and no other. When it is deleted, the user is asked
// again and setup steps run again, and no more is lost. git ignores it by a .gitignore of
// its own. What belongs to the user or the machine (images, certificates, and the locks on
// checkouts) lies elsewhere, in the user's state directory.
//
// A clone brings its own .devup, and a container in which the source is mounted changes
// it. So everything goes through an [os.Root] of the directory, no link is followed, and a
// .devup that holds a link, belongs to another user or is tracked by git is not used at
// all: that is a [Refused].
//
// [Copy] makes other files of a checkout, by the same rules.
package checkout

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"slices"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Dir is the directory in a checkout.
const Dir = ".devup"

// Answers is the file of a checkout with what the user was asked for, as an env file.
const Answers = Dir + "/" + answersFile

// The files in [Dir].
const (
	stateFile   = "state.json"
	answersFile = ".env"
	ignoreFile  = ".gitignore"
)

// version is that of the state's form. Another one is not understood.
const version = 1

// Checkout is a directory with the files of a project.
type Checkout struct {
	root, locks string
	git         Git
	isTracked   func(context.Context) bool
}

// At is the checkout in a directory. locks is where the locks on checkouts lie, empty for
// no locks; git runs in root, and is nil where there is no git.
func At(root, locks string, git Git) *Checkout {
	c := &Checkout{root: root, locks: locks, git: git}
	c.isTracked = once(func(ctx context.Context) bool { return c.Tracks(ctx, Dir) })
	return c
}

// State is what is kept. The zero value keeps nothing.
type State struct {
	Version  int                `json:"version"`
	Projects map[string]Project `json:"projects"` // by name: one directory may run under several
}

// Project is what is kept of a project of the checkout.
type Project struct {
	Ports []Port `json:"ports,omitempty"` // the host ports that are not those of the files
	// Setup are the setup steps that ran, by service and the name of the step.
	Setup map[string]map[string]Step `json:"setup,omitempty"`
}

// Step is what is kept of a setup step that ended well. All are hashes.
type Step struct {
	Command string   `json:"command"`           // of the command that ran
	Volumes []string `json:"volumes,omitempty"` // of each volume that was there, so that new ones are told
	Data    string   `json:"data"`              // of all volumes together; older states have no others
	Files   string   `json:"files,omitempty"`   // of the files of which a change lets the step run again
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

// valid tells whether devup may have chosen the port: a well-known one is given only where
// the files ask for it, and then it is not kept.
func (p Port) valid() bool { return p.Port >= 1024 && p.Port <= 65535 }

// Problem is why nothing is read from the checkout's .devup, as a [*Refused], or the file
// system's error; nil where there is none.
func (c *Checkout) Problem(ctx context.Context) error {
	dir, err := c.open(ctx)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return dir.Close()
}

// Read gives what is kept. What is missing, refused, broken, or of another devup counts as
// nothing kept.
func (c *Checkout) Read(ctx context.Context) State {
	dir, err := c.open(ctx)
	if err != nil {
		return State{}
	}
	defer dir.Close()
	return dir.state()
}

// ReadAnswers gives what the user was asked for, as the text of an env file; nil for nothing.
func (c *Checkout) ReadAnswers(ctx context.Context) []byte {
	dir, err := c.open(ctx)
	if err != nil {
		return nil
	}
	defer dir.Close()
	text, err := untrusted.ReadEntry(dir.Root, answersFile, untrusted.MaxText)
	if err != nil {
		return nil
	}
	return text
}

// Update changes what is kept of a project. No other devup writes meanwhile, and a reader,
// also after a crash, finds the old state or the new one. Where nothing changes, nothing is
// written. The error is a [*Refused], the file system's, or ctx's.
func (c *Checkout) Update(ctx context.Context, project string, change func(*Project)) error {
	if was := c.Read(ctx).Projects[project]; !changes(was, change) {
		return nil
	}
	held, err := c.Lock(ctx, "state", func() {})
	if err != nil {
		return err
	}
	defer held.Release()
	dir, err := c.make(ctx)
	if err != nil {
		return err
	}
	defer dir.Close()
	if held.Killed {
		atomicfile.Sweep(dir.Root, stateFile)
	}
	now := dir.state()
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
	return dir.write(stateFile, append(text, '\n'))
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
