package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxDepth ends the walk in a tree that was not made by hand.
const maxDepth = 40

// Tree is the part of a repository that people wrote: the names of its directories
// and of those files that may be opened later, where a decision needs them. The zero value is an empty repository.
type Tree struct {
	Paths    []string    // of the directories, parents before their children
	Rejected []Rejection // directories that were passed over for a reason worth telling

	fsys        fs.FS
	tracked     func() []string // paths of files that git tracks, sorted; nil for none
	texts       map[string]string
	directories map[string]*Directory // by slash-separated path; "." is the root
}

// Directory is one directory with the names of the files in it, sorted.
type Directory struct {
	Path  string
	Names []string
	Subs  []string // paths of the directories in it
}

// Evidence is one reason for a decision: what was read, and where.
type Evidence struct {
	File string // slash-separated path in the repository, or empty for a default
	Line int    // counted from 1; 0 when the file as a whole is meant
	Text string // what it says, in a few words, never a secret value ("flask", "--port=4567", "BACKEND_URL")
}

// At is the evidence at a line of a file; a line of 0 stands for the whole file.
func At(file string, line int, text string) Evidence {
	return Evidence{File: file, Line: line, Text: text}
}

// Rejection is a directory that looked like a service and was not taken.
type Rejection struct {
	Dir      string
	Why      string // "package.json has no start script and no server entry"
	Evidence Evidence
	Expected bool // a reader takes it for a service, so that it is named without being asked for
}

// Files says which names count while a repository is walked.
type Files struct {
	Interesting func(name string) bool // may be opened later; others are as if they did not exist
	Manifest    func(name string) bool // counts although .gitignore names it
}

// Has says whether the directory holds a file of the name.
func (f *Directory) Has(name string) bool {
	_, found := slices.BinarySearch(f.Names, name)
	return found
}

// First is the first of the names that the directory holds, or empty.
func (f *Directory) First(names ...string) string {
	for _, name := range names {
		if f.Has(name) {
			return name
		}
	}
	return ""
}

// neverWalked are directories that hold no service of the repository's own: what
// package managers, tools and builds write. Directories whose name starts with a
// dot (.git, .venv, .next, .terraform, …) are never walked either.
var neverWalked = map[string]bool{
	"node_modules": true, "bower_components": true, "jspm_packages": true, "site-packages": true,
	"__pycache__": true, "__pypackages__": true, "virtualenv": true,
	"dist": true, "coverage": true, "htmlcov": true, "cdk.out": true,
}

// outputBeside are directories that are build output where a manifest lies next to
// them; elsewhere people use the same names for sources.
var outputBeside = map[string][]string{
	"build":  {"package.json", "pyproject.toml", "setup.py", "build.gradle", "build.gradle.kts"},
	"out":    {"package.json"},
	"public": {"gatsby-config.js", "gatsby-config.ts"},
	"target": {"pom.xml", "Cargo.toml"},
	"vendor": {"composer.json", "go.mod", "Gemfile"},
}

// Walk reads the directories of a repository. A directory that cannot be read is
// rejected by name; only an unreadable root is an error. Symbolic links are not
// followed: what they point at is either in the repository too or not of it.
func Walk(fsys fs.FS, files Files) (*Tree, error) {
	w := walker{Tree: &Tree{fsys: fsys, texts: map[string]string{}, directories: map[string]*Directory{}}, files: files}
	w.tracked = trackedOf(fsys)
	if err := w.enter(place{dir: "."}); err != nil {
		return nil, fmt.Errorf("read the repository: %w", err)
	}
	for len(w.left) > 0 { // level by level, so that the bounds leave out what is deep
		next := w.left[0]
		w.left = w.left[1:]
		switch err := w.enter(next); {
		case errors.Is(err, fs.ErrNotExist): // removed while we walk
		case err != nil:
			w.Reject(next.dir, "the directory cannot be read", Evidence{File: next.dir})
		case w.directories[next.dir] != nil:
			next.parent.Subs = append(next.parent.Subs, next.dir)
		}
	}
	slices.SortFunc(w.Paths, func(a, b string) int { return slices.Compare(parts(a), parts(b)) })
	return w.Tree, nil
}

// parts are the names in a path, none of the root, so that what lies in a directory follows it.
func parts(dir string) []string {
	if dir == "." {
		return nil
	}
	return strings.Split(dir, "/")
}

// Directory is the directory of the path; an empty one where the tree has none.
func (t *Tree) Directory(dir string) *Directory {
	if f := t.directories[dir]; f != nil {
		return f
	}
	return &Directory{Path: dir}
}

// Has says whether the tree holds a file of the path.
func (t *Tree) Has(name string) bool { return t.Directory(path.Dir(name)).Has(path.Base(name)) }

// walker fills a tree.
type walker struct {
	*Tree
	files   Files
	entries int     // that were read so far
	left    []place // to be walked, nearest to the root first
}

// place is a directory that is to be walked.
type place struct {
	dir    string
	rules  ignoreRules // of the directories above
	depth  int
	parent *Directory

	ignored bool // only what git tracks counts
}

// What a repository that people wrote does not have more of. Beyond the entries of one
// directory some are passed over; beyond those of all, the directories below the second level,
// and beyond twice as many all that are left.
const (
	maxEntries    = 20_000
	maxAllEntries = 400_000
	levelsAlways  = 2
)

// list is the entries of a directory, up to a bound.
func (t *walker) list(dir string) ([]fs.DirEntry, error) {
	entries, err := readDir(t.fsys, dir, maxEntries+1)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxEntries {
		t.Reject(dir, fmt.Sprintf("the directory has more than %d entries: some were not examined", maxEntries), Evidence{File: dir})
	}
	if before := t.entries; before <= maxAllEntries && before+len(entries) > maxAllEntries {
		t.LeaveOut(".", fmt.Sprintf("the repository has more than %d files: only the directories near the top were all examined", maxAllEntries), Evidence{})
	}
	t.entries += len(entries)
	return entries, nil
}

// someReader is a file system that lists a directory up to a bound, in any order.
type someReader interface {
	ReadSome(dir string, most int) ([]fs.DirEntry, error)
}

// readDir is [fs.ReadDir] for at most so many entries, where the file system can stop there.
func readDir(fsys fs.FS, dir string, most int) ([]fs.DirEntry, error) {
	if r, ok := fsys.(someReader); ok {
		return r.ReadSome(dir, most)
	}
	return fs.ReadDir(fsys, dir)
}

// enter reads a directory, and notes those in it that are to be walked.
func (t *walker) enter(p place) error {
	dir, rules := p.dir, p.rules
	if t.entries > maxAllEntries && (p.depth > levelsAlways || t.entries > 2*maxAllEntries) {
		return nil
	}
	entries, err := t.list(dir)
	if err != nil {
		return err
	}
	f := &Directory{Path: dir}
	var subs []string
	for _, entry := range entries {
		switch name := entry.Name(); {
		case entry.IsDir():
			subs = append(subs, name)
		case entry.Type().IsRegular() && t.files.Interesting(name):
			f.Names = append(f.Names, name)
		}
	}
	slices.Sort(f.Names)
	if dir != "." && t.isVirtualenv(f, subs) {
		t.Reject(dir, "a virtualenv", Evidence{File: dir})
		return nil
	}
	if f.Has(".gitignore") {
		rules = rules.with(dir, t.Text(path.Join(dir, ".gitignore")))
	}
	f.Names = slices.DeleteFunc(f.Names, func(name string) bool {
		full := path.Join(dir, name)
		return !t.files.Manifest(name) && (p.ignored || rules.ignores(full, false)) && !t.isTracked(full, false)
	})
	t.directories[dir], t.Paths = f, append(t.Paths, dir)
	slices.Sort(subs)
	for _, name := range subs {
		next := place{dir: path.Join(dir, name), rules: rules, depth: p.depth + 1, parent: f}
		next.ignored = p.ignored || rules.ignores(next.dir, true)
		t.leave(next)
	}
	return nil
}

// leave notes a directory that is to be walked.
func (t *walker) leave(next place) {
	if next.depth <= maxDepth && !next.parent.passesOver(path.Base(next.dir)) && (!next.ignored || t.isTracked(next.dir, true)) {
		t.left = append(t.left, next)
	}
}

func (f *Directory) passesOver(name string) bool {
	return strings.HasPrefix(name, ".") || neverWalked[name] || f.First(outputBeside[name]...) != ""
}

// isVirtualenv knows a virtualenv by its pyvenv.cfg, and one that was committed
// without it by its shape: lib/python3.*/site-packages, Lib\site-packages.
func (t *walker) isVirtualenv(f *Directory, subs []string) bool {
	if f.Has("pyvenv.cfg") {
		return true
	}
	for _, lib := range subs {
		if lib != "lib" && lib != "lib64" && lib != "Lib" {
			continue
		}
		inner, _ := fs.ReadDir(t.fsys, path.Join(f.Path, lib))
		for _, python := range inner {
			if lib == "Lib" && python.Name() == "site-packages" {
				return true
			}
			if !python.IsDir() || !strings.HasPrefix(python.Name(), "python") {
				continue
			}
			if _, err := fs.Stat(t.fsys, path.Join(f.Path, lib, python.Name(), "site-packages")); err == nil {
				return true
			}
		}
	}
	return false
}

// Reject names a directory that looks like a service and is not one.
func (t *Tree) Reject(dir, why string, e Evidence) {
	t.Rejected = append(t.Rejected, Rejection{Dir: dir, Why: why, Evidence: e})
}

// LeaveOut names a directory that a reader takes for a service and that is not taken.
func (t *Tree) LeaveOut(dir, why string, e Evidence) { t.RejectAs(true, dir, why, e) }

// RejectAs is [Tree.LeaveOut] where a reader expects a service and the directory does not lie
// among tests, examples and the like, else [Tree.Reject].
func (t *Tree) RejectAs(expected bool, dir, why string, e Evidence) {
	t.Rejected = append(t.Rejected, Rejection{Dir: dir, Why: why, Evidence: e, Expected: expected && !IsBelowAside(dir)})
}

// Take withdraws what was said of a directory that is a service after all.
func (t *Tree) Take(dir string) {
	for i := range t.Rejected {
		t.Rejected[i].Expected = t.Rejected[i].Expected && t.Rejected[i].Dir != dir
	}
}

// Below are the directory and those under it that keep accepts, nearest first. A
// directory that keep refuses is not entered.
func (t *Tree) Below(dir string, keep func(*Directory) bool) []*Directory {
	root := t.directories[dir]
	if root == nil {
		return nil
	}
	all := []*Directory{root}
	for i := 0; i < len(all); i++ {
		for _, sub := range all[i].Subs {
			if f := t.directories[sub]; keep(f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// IsOutput says whether a directory of the name holds what a build wrote, mostly.
func IsOutput(name string) bool { return neverWalked[name] || outputBeside[name] != nil }

// IsBelow says whether a path lies in the directory.
func IsBelow(dir, name string) bool {
	return dir == "." && name != ".." && !strings.HasPrefix(name, "../") || strings.HasPrefix(name, dir+"/")
}

// Relative is a path of the repository as seen from a directory that holds it.
func Relative(dir, name string) string {
	if dir == "." {
		return name
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
}

// From is the way from one directory of the repository to another.
func From(from, to string) string {
	up := "."
	for from != to && !IsBelow(from, to) {
		from, up = path.Dir(from), path.Join(up, "..")
	}
	return path.Join(up, Relative(from, to))
}

// testDirectories hold tests, what tests need, and examples; asideDirectories hold other code
// that does not run with the service.
var (
	testDirectories = map[string]bool{
		"test": true, "tests": true, "__tests__": true, "e2e": true, "cypress": true, "spec": true, "__mocks__": true,
		"testdata": true, "fixtures": true, "examples": true, "example": true,
	}
	asideDirectories = map[string]bool{
		"docs": true, "migrations": true, "alembic": true, "public": true, "static": true,
		"terraform": true, "lambda": true, "lambdas": true, "scripts": true, "notebooks": true,
	}
)

// IsBelowAside says whether a path lies in a directory whose code does not run with a service.
func IsBelowAside(name string) bool {
	for at := name; at != "." && at != "/" && at != ""; at = path.Dir(at) {
		if IsAside(at) {
			return true
		}
	}
	return false
}

// IsTest says whether a file of the name holds tests, or was not written by hand.
func IsTest(name string) bool {
	return strings.HasPrefix(name, "test_") || strings.HasPrefix(name, "conftest") || strings.HasSuffix(name, ".d.ts") ||
		strings.Contains(name, ".test.") || strings.Contains(name, ".spec.") || strings.Contains(name, ".min.") ||
		strings.HasSuffix(name, "_test.py") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, ".stories.")
}

// IsAside says whether a directory holds code that does not run with a service. Below src/main
// of Java and Kotlin the names are those of packages: com/example is what new projects have.
func IsAside(dir string) bool {
	return (asideDirectories[path.Base(dir)] || HoldsTests(dir)) && !strings.Contains("/"+dir, "/src/main/")
}

// HoldsTests says whether a directory holds tests, what tests need, or examples.
func HoldsTests(dir string) bool { return testDirectories[path.Base(dir)] }
