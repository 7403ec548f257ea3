package watch

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// pollEvery is how often files are checked whose changes are not reported.
const pollEvery = time.Second

// notifier is the [source] of the system's file events. For watched paths where
// events do not cross, and for those that the system has no watches left for, it
// has everything checked again and again instead.
type notifier struct {
	watcher *fsnotify.Watcher
	roots   []string // the watched paths
	every   time.Duration
	ended   chan struct{} // closed when hints has ended; nil before it began

	mu     sync.Mutex
	polled []string // those of the roots that are polled
}

func newNotifier(rules []Rule, polled []string) (*notifier, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, explainAdd("", err)
	}
	n := &notifier{watcher: w, polled: polled, every: pollEvery}
	for _, r := range rules {
		n.roots = append(n.roots, r.Path)
	}
	return n, nil
}

// add has a directory watched. The error says that the system refused, and is given
// once for each watched path: from then on its files are polled instead.
func (n *notifier) add(dir string) error {
	if slices.ContainsFunc(n.polledPaths(), func(p string) bool { _, ok := inside(p, dir); return ok }) {
		return nil
	}
	err := n.watcher.Add(dir)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) {
		n.mu.Lock()
		defer n.mu.Unlock()
		for _, r := range n.roots {
			_, below := inside(r, dir)
			_, above := inside(dir, r)
			if (below || above) && !slices.Contains(n.polled, r) {
				n.polled = append(n.polled, r)
			}
		}
	}
	return err
}

// polledPaths are the paths that are polled.
func (n *notifier) polledPaths() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.polled)
}

func (n *notifier) remove(dir string) {
	_ = n.watcher.Remove(dir) // one that went away is watched no more
}

// close gives the system's watches back, and waits for hints, whose ctx has ended.
func (n *notifier) close() {
	if n.ended != nil {
		<-n.ended
	}
	_ = n.watcher.Close()
}

// hints gives what the system reports, until ctx ends. The channel is closed then. It
// is called once.
func (n *notifier) hints(ctx context.Context) <-chan hint {
	out := make(chan hint)
	n.ended = make(chan struct{})
	go func() {
		defer close(n.ended)
		defer close(out)
		tick := time.NewTicker(n.every)
		defer tick.Stop()
		send := func(h hint) {
			select {
			case out <- h:
			case <-ctx.Done():
			}
		}
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-tick.C:
				for _, p := range n.polledPaths() {
					send(hint{path: p, ops: recheck})
				}
			case e := <-n.watcher.Events:
				if e.Name != "" {
					send(hint{path: e.Name, ops: opsOf(e.Op)})
				}
			case <-n.watcher.Errors: //nolint:errcheck // the error says nothing that a check does not: the queue ran over, or a directory was removed meanwhile
				for _, p := range n.roots {
					send(hint{path: p, ops: recheck})
				}
			}
		}
	}()
	return out
}

func opsOf(o fsnotify.Op) op {
	var ops op
	if o.Has(fsnotify.Write) {
		ops |= touched
	}
	if o.Has(fsnotify.Create) {
		ops |= made
	}
	if o.Has(fsnotify.Remove) || o.Has(fsnotify.Rename) {
		ops |= gone
	}
	if o.Has(fsnotify.Chmod) {
		ops |= meta
	}
	return ops
}

// polled gives the watched paths whose changes the system does not report.
func polled(rules []Rule, all bool) []string {
	mounts := ""
	if runtime.GOOS == "linux" {
		if text, err := untrusted.ReadFile("/proc/self/mounts", untrusted.MaxText); err == nil {
			mounts = string(text)
		}
	}
	var paths []string
	for _, r := range rules {
		if (all || silent(mounts, r.Path)) && !slices.Contains(paths, r.Path) {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// silent reports, given the system's table of mounts, whether a path lies on a file
// system that others change without an event here: a network's, a virtual machine's
// host's (WSL has Windows' drives as 9p).
func silent(mounts, name string) bool {
	longest, kind := "", ""
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		point := strings.ReplaceAll(fields[1], `\040`, " ")
		if _, ok := inside(point, name); ok && len(point) >= len(longest) {
			longest, kind = point, fields[2]
		}
	}
	return slices.Contains([]string{
		"9p", "drvfs", "nfs", "nfs4", "cifs", "smb3", "smbfs", "vboxsf", "vmhgfs", "fuse.vmhgfs-fuse",
		"fuse.sshfs", "fuse.grpcfuse", "fakeowner", "virtiofs", "prl_fs", "afs", "ceph", "fuse.glusterfs",
	}, kind)
}

// explainAdd is the failure to watch a directory, or to watch at all.
func explainAdd(dir string, err error) error {
	where := dir
	if where == "" {
		where = "files"
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fail.Wrap(err, fail.Failed, "raise the limit: sudo sysctl fs.inotify.max_user_watches=524288",
			"this system's limit of watched directories is reached at %s, so devup polls the files once a second", where)
	case errors.Is(err, syscall.EMFILE):
		return fail.Wrap(err, fail.Failed, "raise the limit: sudo sysctl fs.inotify.max_user_instances=1024",
			"this system's limit of programs that watch files is reached")
	case errors.Is(err, fs.ErrPermission):
		return fail.Wrap(err, fail.Denied, "make it readable, or name it under ignore", "changes in %s are not seen: it may not be read", where)
	default:
		return fail.Wrap(err, fail.Failed, "", "changes in %s are not seen: %v", where, err)
	}
}

// hintOf is the hint of an error as a part of a sentence, or empty.
func hintOf(err error) string {
	if e, ok := errors.AsType[*fail.Error](err); ok && e.Hint != "" {
		return "; " + e.Hint
	}
	return ""
}

// isNotDir reports whether an error says that a part of a path is a file.
func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
