package doctor

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/untrusted"
)

// How far the check for line endings looks; it is a sample, not a search.
const (
	deepest     = 4
	mostEntries = 5000
	mostNamed   = 3
)

// notOurs are directories that hold no files of the user's own.
var notOurs = []string{"node_modules", "vendor", "venv", "dist", "build", "target"}

// checkFiles looks for what Windows does to a checkout: scripts whose first line ends
// in a carriage return, which Linux takes for part of the interpreter's name.
func checkFiles(ctx context.Context, p Project) Finding {
	if p.Files == nil {
		return nothing()
	}
	scripts, err := crlfScripts(ctx, p.Files)
	switch {
	case err != nil:
		return warning("the project's files cannot be read: "+err.Error(), "")
	case len(scripts) == 0:
		return good("")
	}
	return warning("Windows line endings, with which no script starts in a container: "+few(scripts),
		"`sed -i 's/\\r$//' "+untrusted.Arguments(scripts...)+"`; so that it stays, put "+attributes(scripts)+" into .gitattributes and run `git add --renormalize .`").
		fixed(Fix{
			Does: "give " + few(scripts) + " the line endings of Linux",
			Do:   func(context.Context) error { return fixEndings(p.Dir, scripts) },
		})
}

// attributes are the lines of .gitattributes by which git checks such files out as they
// have to be: without them, a checkout on Windows brings the line endings back.
func attributes(names []string) string {
	var lines []string
	for _, name := range names {
		pattern := path.Base(name)
		if ext := path.Ext(name); ext != "" {
			pattern = "*" + ext
		}
		if line := "`" + pattern + " text eol=lf`"; !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, ", ")
}

// fixEndings rewrites files of a directory with the line endings of Linux. It follows no
// link out of it.
func fixEndings(dir string, names []string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var failed []error
	for _, name := range names {
		name = filepath.FromSlash(name)
		text, err := untrusted.ReadEntry(root, name, untrusted.MaxText)
		if err == nil {
			err = atomicfile.ReplaceIn(root, name, bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), atomicfile.Keep)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// crlfScripts lists scripts whose #! line ends in a carriage return.
func crlfScripts(ctx context.Context, files fs.FS) ([]string, error) {
	var scripts []string
	entries := 0
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		entries++
		switch {
		case ctx.Err() != nil || entries > mostEntries:
			return fs.SkipAll
		case err != nil && name == ".":
			return err
		case err != nil:
			return nil // one directory that may not be read says nothing about the others
		case entry.IsDir():
			hidden := strings.HasPrefix(entry.Name(), ".") && name != "."
			if hidden || strings.Count(name, "/") >= deepest || slices.Contains(notOurs, entry.Name()) {
				return fs.SkipDir
			}
		case mayBeScript(entry) && hasCRLF(files, name):
			scripts = append(scripts, name)
		}
		return nil
	})
	return scripts, err
}

// mayBeScript spares opening files that are no scripts by their names.
func mayBeScript(entry fs.DirEntry) bool {
	switch path.Ext(entry.Name()) {
	case "", ".sh", ".bash", ".py", ".rb", ".pl":
		return entry.Type().IsRegular()
	}
	return false
}

func hasCRLF(files fs.FS, name string) bool {
	file, err := files.Open(name)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	head := make([]byte, 256)
	n, err := io.ReadFull(file, head)
	if err != nil && n == 0 {
		return false
	}
	line, _, ended := bytes.Cut(head[:n], []byte("\n"))
	return ended && bytes.HasPrefix(line, []byte("#!")) && bytes.HasSuffix(line, []byte("\r"))
}
