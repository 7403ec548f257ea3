package project

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/gitindex"
	"github.com/devup-cli/devup/internal/untrusted"
)

// committed adds a note on env files that git has: everybody who gets the repository reads
// what is in them.
func (l *loading) committed(p *Project) {
	files := []string{filepath.Join(l.Dir, ".env")}
	for _, name := range p.ServiceNames() {
		for _, file := range p.Services[name].EnvFiles {
			files = append(files, file.Path)
		}
	}
	if note := CommittedNote(l.Dir, files...); note != "" {
		l.notes = append(l.notes, note)
	}
}

// mostLookedUp bounds the env files that are looked up in git's index.
const mostLookedUp = 50

// CommittedNote says which of the files, of those that are named as env files with secrets
// are, git has, as seen from dir; empty for none.
func CommittedNote(dir string, files ...string) string {
	secret := slices.DeleteFunc(slices.Clone(files), func(file string) bool {
		_, err := os.Stat(file)
		return err != nil || !secretive(filepath.Base(file))
	})
	var names []string
	for _, file := range secret[:min(len(secret), mostLookedUp)] {
		if !tracked(file) {
			continue
		}
		if rel, err := filepath.Rel(dir, file); err == nil {
			file = filepath.ToSlash(rel)
		}
		if !slices.Contains(names, file) {
			names = append(names, file)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is in git, so every reader of the repository can read it; if it holds secrets: git rm --cached " + untrusted.Arguments(names[0]) + ", add it to .gitignore, and renew them"
	}
	return strings.Join(names, ", ") + " are in git, so every reader of the repository can read them; where they hold secrets: git rm --cached FILE, add it to .gitignore, and renew them"
}

// secretive tells of the name of an env file that is not meant to be in git, as .env and
// .env.local are, and .env.example is not.
func secretive(base string) bool {
	if base != ".env" && !strings.HasPrefix(base, ".env.") {
		return false
	}
	return !slices.ContainsFunc([]string{"example", "sample", "template", "dist", "defaults", "test"}, func(word string) bool {
		return slices.Contains(strings.Split(strings.ToLower(base), "."), word)
	})
}

// tracked says that git has a file: that it is in the index of the repository around it,
// which is read here so that no one waits for a git. What cannot be read (no repository, a
// split index, another hash than SHA-1, more than [untrusted.MaxLock]) counts as not.
func tracked(file string) bool {
	dir, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return false
	}
	name := filepath.Base(file)
	for {
		index, err := untrusted.Open(filepath.Join(gitDir(dir), "index"))
		if err == nil {
			defer index.Close()
			for tracked := range gitindex.Paths(io.LimitReader(index, untrusted.MaxLock)) {
				if tracked >= name { // they are sorted
					return tracked == name
				}
			}
			return false
		}
		if dir == filepath.Dir(dir) {
			return false
		}
		dir, name = filepath.Dir(dir), filepath.Base(dir)+"/"+name
	}
}

// gitDir is where git keeps what belongs to a directory: .git, or what the file .git of a
// linked worktree or submodule names.
func gitDir(dir string) string {
	at := filepath.Join(dir, ".git")
	text, err := untrusted.ReadFile(at, gitindex.MaxLink)
	link := gitindex.Linked(text)
	switch {
	case err != nil || link == "":
		return at
	case filepath.IsAbs(link):
		return link
	}
	return filepath.Join(dir, link)
}
