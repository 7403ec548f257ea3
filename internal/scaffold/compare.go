package scaffold

import (
	"bytes"
	"errors"
	"io/fs"
	"path"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// State says what a repository has of a file that we would make.
type State string

// The states of a file. Their text is part of the JSON output.
const (
	New     State = "new"     // it is not there and can be created
	Same    State = "same"    // it is there, with everything that we would put in it
	Differs State = "differs" // it is there and lacks something
)

// Change is a file that we would make, compared with what is there.
type Change struct {
	File
	State State
	Diff  string // when it differs: a unified diff, ready for `patch -p1` or `git apply`
}

// Compare looks up each file in fsys, which is rooted at the repository; what a
// platform reads from another place too counts where it is. The diff of a file
// that is laid out as devup.yaml and the files of the platforms usually are holds
// additions only; where that cannot be worked out, and for other files, it leads
// to our own text. The error is a [fail.Error] with code [fail.Denied] or
// [fail.Failed] when a file cannot be read.
func Compare(fsys fs.FS, files []File) ([]Change, error) {
	changes := make([]Change, 0, len(files))
	for _, f := range files {
		f.Path = place(fsys, f.Path)
		have, err := untrusted.ReadFileFS(fsys, f.Path, untrusted.MaxText)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes = append(changes, Change{File: f, State: New})
		case errors.Is(err, fs.ErrPermission):
			return nil, fail.Wrap(err, fail.Denied, "check who may read it", "%s may not be read", f.Path)
		case err != nil:
			return nil, fail.Wrap(err, fail.Failed, "", "%s could not be read: %v", f.Path, err)
		default:
			changes = append(changes, compare(f, have))
		}
	}
	return changes, nil
}

// place is where the repository has the file, or would get it.
func place(fsys fs.FS, path string) string {
	for _, w := range workspaceFiles() {
		if w.path == path {
			path, _, _ = w.in(fsys)
		}
	}
	return path
}

// compare says how a file that is there stands to ours. Line ends do not count:
// git on Windows writes its own.
func compare(f File, have []byte) Change {
	have = bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n"))
	want := merge(f, have)
	if bytes.Equal(have, want) {
		return Change{File: f, State: Same}
	}
	return Change{File: f, State: Differs, Diff: unified(f.Path, have, want)}
}

// unified is the unified diff between two texts of a file.
func unified(path string, have, want []byte) string {
	text := diff.Diff("a/"+path, have, "b/"+path, want)
	if _, rest, ok := bytes.Cut(text, []byte("\n")); ok && bytes.HasPrefix(text, []byte("diff ")) {
		text = rest // the line with the command; patch takes none
	}
	return string(text)
}

// merge gives what is there with the additions of ours, where they can be worked out;
// otherwise ours.
func merge(f File, have []byte) []byte {
	switch path.Base(f.Path) {
	case "devup.yaml", ".gitpod.yml", "automations.yaml":
		if merged, ok := addToYAML(have, f.Content); ok {
			return merged
		}
	case "devcontainer.json", ".devcontainer.json":
		if merged, ok := addToJSON(have, f.Content); ok {
			return merged
		}
	case ".dockerignore", ".worktreeinclude":
		return addLines(have, f.Content)
	case "environment.json", "copilot-setup-steps.yml", "conductor.json":
		if bytes.Contains(have, []byte("devup")) {
			return have // it is the user's way to start it
		}
	}
	return f.Content
}
