package up

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/errno"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/owner"
	"github.com/devup-cli/devup/internal/plan"
)

// Mounts is where the files are that a project's containers have mounted: certificates, the
// settings of package clients, secrets of read_only services and, where a service asks for them
// and the user agrees, credentials.
type Mounts struct {
	StateDir string // devup's own; empty where there is no home
	Engine   string // the address of the engine; each has files of its own
	Project  string // each has files of its own, which only its lock may change
	DryRun   bool   // write nothing
}

// top is the directory, below StateDir, that lets no other user in.
const top = "mounts"

// public is the directory, below top, of the files without credentials. Their names depend
// on nothing but the content: which way devup reaches an engine is no reason to recreate a
// container. They are few, and stay.
const public = "public"

// dir is the directory of the project's files with credentials, below top.
func (m Mounts) dir() string {
	sum := sha256.Sum256([]byte(m.Engine))
	return filepath.Join(hex.EncodeToString(sum[:8]), m.Project)
}

// keep writes a file under a name that holds its content's hash: a container
// that has it mounted never sees it change, and a new content is a new mount,
// which replaces the container. A file with credentials belongs to the container's user
// where devup may give it away, else to the user of devup, and is removed by RemoveUnused.
func (m Mounts) keep(f egress.File, user int) (string, error) {
	return m.store(f, user, f.Mode&0o044 == 0)
}

// store is keep for a file that is secret or not, whatever its mode.
func (m Mounts) store(f egress.File, user int, secret bool) (string, error) {
	sum := sha256.Sum256(f.Content)
	name := hex.EncodeToString(sum[:8]) + "-" + f.Name
	dir := public
	if secret {
		dir = m.dir()
	}
	give := secret && user != 0 && os.Geteuid() == 0
	if give {
		name = fmt.Sprintf("%d-%s", user, name)
	}
	if m.StateDir == "" {
		return "", fail.New(fail.Denied, "set HOME or XDG_STATE_HOME",
			"there is no home directory for the certificates and package indexes that containers mount")
	}
	full := filepath.Join(m.StateDir, top, dir, name)
	if m.DryRun {
		return full, nil
	}
	root, err := m.open()
	if err != nil {
		return "", err
	}
	defer root.Close()
	name = filepath.Join(dir, name)
	if info, err := root.Lstat(name); err == nil && info.Mode() == f.Mode && info.Size() == int64(len(f.Content)) {
		return full, nil
	}
	err = root.MkdirAll(dir, 0o700)
	if err == nil {
		err = write(root, name, f, give, user)
	}
	if err != nil {
		return "", unwritable(err, m.StateDir)
	}
	return full, nil
}

// write puts the file into its place in one step. It is readable for others only when it
// is complete.
func write(root *os.Root, name string, f egress.File, give bool, user int) error {
	half := fmt.Sprintf("%s.%d.half", name, os.Getpid()) // another devup may write the same file
	_ = root.Remove(half)                                // of one that was killed
	file, err := root.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = root.Remove(half) }() // gone already after the rename
	_, err = file.Write(f.Content)
	if give {
		err = errors.Join(err, file.Chown(user, -1))
	}
	if err := errors.Join(err, file.Chmod(f.Mode), file.Close()); err != nil {
		return err
	}
	return root.Rename(half, name)
}

// open gives the directory that lets no other user in. It is made or closed to others; one
// that is a link or another user's is refused.
func (m Mounts) open() (*os.Root, error) {
	dir := filepath.Join(m.StateDir, top)
	err := owner.PrivateDir(dir)
	if err == nil {
		var root *os.Root
		if root, err = os.OpenRoot(dir); err == nil {
			return root, nil
		}
	}
	if _, system := errors.AsType[*fs.PathError](err); system {
		return nil, unwritable(err, m.StateDir)
	}
	return nil, fail.Wrap(err, fail.Denied, "remove it, or set XDG_STATE_HOME to a directory of your own", "%v, and devup keeps files for containers there", err)
}

// RemoveUnused removes the files of the project that no container of it has mounted, as [MountedBy]
// reports. What cannot be removed stays for the next time. The caller holds the
// project's lock.
func (m Mounts) RemoveUnused(mounted func(name string) bool) {
	if m.StateDir == "" || m.Project == "" || m.DryRun {
		return
	}
	if _, err := os.Lstat(filepath.Join(m.StateDir, top, m.dir())); err != nil {
		return
	}
	root, err := m.open()
	if err != nil {
		return
	}
	defer root.Close()
	entries, _ := fs.ReadDir(root.FS(), filepath.ToSlash(m.dir())) // those that it could read
	for _, entry := range entries {
		if name := filepath.Join(m.dir(), entry.Name()); !mounted(name) {
			_ = root.Remove(name)
		}
	}
	_ = root.Remove(m.dir()) // when it is empty
	_ = root.Remove(filepath.Dir(m.dir()))
}

// KeptProjects are the projects on an engine for which there are files.
func KeptProjects(stateDir, engine string) []string {
	if stateDir == "" {
		return nil
	}
	entries, _ := os.ReadDir(filepath.Join(stateDir, top, Mounts{Engine: engine}.dir())) // none where there is none
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// RemoveLegacyMounts removes the files that an earlier devup, which had them directly in its state
// directory, has left there and that no container on the engine has mounted.
func RemoveLegacyMounts(stateDir string, mounted func(name string) bool) {
	if stateDir == "" {
		return
	}
	old, _ := filepath.Glob(filepath.Join(stateDir, strings.Repeat("[0-9a-f]", 16)+"-devup-*")) // the pattern is right
	for _, name := range old {
		if !mounted(filepath.Base(name)) {
			_ = os.Remove(name)
		}
	}
}

// MountedBy reports whether some of the containers have a file mounted, by the end of its
// path: engines in a virtual machine report where the path begins there, such as /host_mnt.
func MountedBy(containers []plan.Container) func(name string) bool {
	var sources []string
	for _, c := range containers {
		for _, m := range c.Mounts {
			sources = append(sources, m.Source)
		}
	}
	return mountedFrom(sources)
}

func mountedFrom(sources []string) func(name string) bool {
	return func(name string) bool {
		name = "/" + filepath.ToSlash(name)
		return slices.ContainsFunc(sources, func(source string) bool { return strings.HasSuffix(filepath.ToSlash(source), name) })
	}
}

func unwritable(err error, dir string) error {
	if errno.DiskFull.In(err) {
		return fail.Wrap(err, fail.DiskFull, "free some space there, or set XDG_STATE_HOME to a directory on another disk", "no space is left for %s, where containers read this machine's certificates and package indexes from", dir)
	}
	return fail.Wrap(err, fail.Denied, "make the directory writable, or set XDG_STATE_HOME to another one",
		"cannot write to %s, where containers read this machine's certificates and package indexes from: %v", dir, err)
}

// mounts is where the files are that the project's containers have mounted.
func (t Runner) mounts(name string, dryRun bool) Mounts {
	return Mounts{StateDir: t.StateDir, Engine: t.Endpoint, Project: name, DryRun: dryRun}
}

// removeUnusedMounts removes the files that no container has mounted after the run: neither those
// of the services nor those that the plan left alone.
func (l *upRun) removeUnusedMounts() {
	gone := map[string]bool{}
	for _, op := range l.out.Plan.Ops {
		gone[op.Old.ID] = op.Action == plan.Recreate || op.Action == plan.Remove
	}
	old := MountedBy(slices.DeleteFunc(slices.Clone(l.before), func(c plan.Container) bool { return gone[c.ID] }))
	var sources []string
	for _, s := range l.out.Project.Services {
		for _, v := range s.Volumes {
			sources = append(sources, v.Source)
		}
	}
	wanted := mountedFrom(sources)
	l.mounts(l.out.Project.Name, false).RemoveUnused(func(name string) bool { return wanted(name) || old(name) })
}
