package detect

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// maxDepth ends the walk in a tree that no person made.
const maxDepth = 40

// tree is the part of a repository that people wrote: the names of its folders
// and of those files that detection may want to open. Files are opened later,
// and only those that a decision needs.
type tree struct {
	files    reader
	folders  map[string]*folder // by slash-separated path; "." is the root
	paths    []string           // of the folders, parents before their children
	rejected []Rejection        // folders that were passed over for a reason worth telling
}

// folder is one folder with the names of the files in it, sorted.
type folder struct {
	path  string
	names []string
	subs  []string // paths of the folders in it
}

func (f *folder) has(name string) bool {
	_, found := slices.BinarySearch(f.names, name)
	return found
}

// first is the first of the names that the folder holds, or empty.
func (f *folder) first(names ...string) string {
	for _, name := range names {
		if f.has(name) {
			return name
		}
	}
	return ""
}

// neverWalked are folders that hold no service of the repository's own: what
// package managers, tools and builds write. Folders whose name starts with a
// dot (.git, .venv, .next, .terraform, …) are never walked either.
var neverWalked = map[string]bool{
	"node_modules": true, "bower_components": true, "jspm_packages": true, "site-packages": true,
	"__pycache__": true, "__pypackages__": true, "virtualenv": true,
	"dist": true, "coverage": true, "htmlcov": true, "cdk.out": true,
}

// outputBeside are folders that are build output where a manifest lies beside
// them; elsewhere people use the same names for sources.
var outputBeside = map[string][]string{
	"build":  {"package.json", "pyproject.toml", "setup.py", "build.gradle", "build.gradle.kts"},
	"out":    {"package.json"},
	"public": {"gatsby-config.js", "gatsby-config.ts"},
	"target": {"pom.xml", "Cargo.toml"},
	"vendor": {"composer.json", "go.mod", "Gemfile"},
}

// walk reads the folders of a repository. A folder that cannot be read is
// rejected by name; only an unreadable root is an error. Symbolic links are not
// followed: what they point at is either in the repository too or not of it.
func walk(fsys fs.FS) (*tree, error) {
	t := &tree{files: reader{fsys: fsys, texts: map[string]string{}}, folders: map[string]*folder{}}
	if err := t.enter(".", nil, 0); err != nil {
		return nil, fmt.Errorf("read the repository: %w", err)
	}
	return t, nil
}

func (t *tree) enter(dir string, rules ignoreRules, depth int) error {
	entries, err := fs.ReadDir(t.files.fsys, dir)
	if err != nil {
		return err
	}
	f := &folder{path: dir}
	var subs []string
	for _, entry := range entries {
		switch name := entry.Name(); {
		case entry.IsDir():
			subs = append(subs, name)
		case entry.Type().IsRegular() && interesting(name):
			f.names = append(f.names, name)
		}
	}
	slices.Sort(f.names)
	if dir != "." && t.isVirtualenv(f, subs) {
		t.reject(dir, "a virtualenv", Evidence{File: dir})
		return nil
	}
	if f.has(".gitignore") {
		rules = rules.with(dir, t.files.text(path.Join(dir, ".gitignore")))
	}
	// A manifest that is there counts although .gitignore names it: people commit
	// such files all the same, and git then goes on tracking them.
	f.names = slices.DeleteFunc(f.names, func(name string) bool {
		return name != "package.json" && name != "requirements.txt" && rules.ignores(path.Join(dir, name), false)
	})
	t.folders[dir], t.paths = f, append(t.paths, dir)
	if depth == maxDepth {
		return nil
	}
	slices.Sort(subs)
	for _, name := range subs {
		sub := path.Join(dir, name)
		if f.passesOver(name) || rules.ignores(sub, true) {
			continue
		}
		switch err := t.enter(sub, rules, depth+1); {
		case errors.Is(err, fs.ErrNotExist): // removed while we walk
		case err != nil:
			t.reject(sub, "the folder cannot be read", Evidence{File: sub})
		case t.folders[sub] != nil:
			f.subs = append(f.subs, sub)
		}
	}
	return nil
}

func (f *folder) passesOver(name string) bool {
	return strings.HasPrefix(name, ".") || neverWalked[name] || f.first(outputBeside[name]...) != ""
}

// isVirtualenv knows a virtualenv by its pyvenv.cfg, and one that was committed
// without it by its shape: lib/python3.*/site-packages, Lib\site-packages.
func (t *tree) isVirtualenv(f *folder, subs []string) bool {
	if f.has("pyvenv.cfg") {
		return true
	}
	for _, lib := range subs {
		if lib != "lib" && lib != "lib64" && lib != "Lib" {
			continue
		}
		inner, _ := fs.ReadDir(t.files.fsys, path.Join(f.path, lib))
		for _, python := range inner {
			if lib == "Lib" && python.Name() == "site-packages" {
				return true
			}
			if !python.IsDir() || !strings.HasPrefix(python.Name(), "python") {
				continue
			}
			if _, err := fs.Stat(t.files.fsys, path.Join(f.path, lib, python.Name(), "site-packages")); err == nil {
				return true
			}
		}
	}
	return false
}

func (t *tree) reject(dir, why string, e Evidence) {
	t.rejected = append(t.rejected, Rejection{Dir: dir, Why: why, Evidence: e})
}

// codeEndings are the source files in which ports, routes and variables are sought.
var codeEndings = map[string]bool{
	".py": true, ".js": true, ".mjs": true, ".cjs": true, ".jsx": true,
	".ts": true, ".mts": true, ".cts": true, ".tsx": true, ".vue": true, ".svelte": true,
}

// manifests are the files that make a folder worth a second look. Names of
// languages that have no stack yet are here so that they are rejected by name.
var manifests = map[string]bool{
	"package.json": true, "package-lock.json": true, "npm-shrinkwrap.json": true, "yarn.lock": true,
	"pnpm-lock.yaml": true, "pnpm-workspace.yaml": true, "bun.lock": true, "bun.lockb": true, "lerna.json": true,
	"requirements.txt": true, "pyproject.toml": true, "Pipfile": true, "setup.py": true, "setup.cfg": true,
	"poetry.lock": true, "uv.lock": true, "Pipfile.lock": true, "pyvenv.cfg": true, ".python-version": true, "runtime.txt": true,
	".nvmrc": true, ".node-version": true, ".tool-versions": true, "index.html": true, "Procfile": true,
	".gitignore": true, ".yarnrc.yml": true, ".flaskenv": true, "cdk.json": true, "serverless.yml": true, "samconfig.toml": true,
	"Gemfile": true, "config.ru": true, "go.mod": true, "pom.xml": true, "build.gradle": true,
	"build.gradle.kts": true, "Cargo.toml": true, "composer.json": true, "mix.exs": true, "angular.json": true,
}

// interesting says whether detection may ever want to open a file of the name.
func interesting(name string) bool {
	if manifests[name] || codeEndings[path.Ext(name)] {
		return true
	}
	lower := strings.ToLower(name)
	if path.Ext(lower) == ".txt" { // requirements.txt, requirements-dev.txt, requirements/base.txt
		return true
	}
	return strings.HasPrefix(name, ".env") || strings.HasSuffix(lower, ".env") ||
		strings.Contains(lower, "dockerfile") || strings.HasPrefix(lower, "readme") ||
		slices.Contains(composeNames, name)
}

// below are the folder and those under it that keep accepts, nearest first. A
// folder that keep refuses is not entered.
func (t *tree) below(dir string, keep func(*folder) bool) []*folder {
	root := t.folders[dir]
	if root == nil {
		return nil
	}
	all := []*folder{root}
	for i := 0; i < len(all); i++ {
		for _, sub := range all[i].subs {
			if f := t.folders[sub]; keep(f) {
				all = append(all, f)
			}
		}
	}
	return all
}
