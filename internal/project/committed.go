package project

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
			return indexed(bufio.NewReader(io.LimitReader(index, untrusted.MaxLock)), name)
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
	text, err := untrusted.ReadFile(at, maxGitLink)
	if link, ok := strings.CutPrefix(string(text), "gitdir: "); err == nil && ok {
		if at = strings.TrimSpace(link); !filepath.IsAbs(at) {
			at = filepath.Join(dir, at)
		}
	}
	return at
}

// maxGitLink is the most that is read of a file that names a directory of git.
const maxGitLink = 64 << 10

// indexed reads an index of git, gitformat-index(5), until it comes to a name or past it:
// the entries are sorted.
func indexed(r *bufio.Reader, name string) bool {
	const (
		fixed    = 62     // bytes of an entry before its name
		extended = 0x4000 // flag: two bytes more
		longest  = 0xfff  // length of a name in the flags, which is that of a longer one too
	)
	var header struct {
		Signature      [4]byte
		Version, Count uint32
	}
	if binary.Read(r, binary.BigEndian, &header) != nil || string(header.Signature[:]) != "DIRC" || header.Version < 2 || header.Version > 4 {
		return false
	}
	var entry [fixed]byte
	previous := ""
	for range header.Count {
		if _, err := io.ReadFull(r, entry[:]); err != nil {
			return false
		}
		flags, size := binary.BigEndian.Uint16(entry[fixed-2:]), fixed
		if flags&extended != 0 {
			size += 2
			_, _ = r.Discard(2) // at the end of the file, the next read says so
		}
		keep := 0
		if header.Version == 4 { // how many bytes the name before has more than this one shares with it
			keep = max(0, len(previous)-offset(r))
		}
		rest, err := r.ReadSlice(0) // an error for a name that is longer than the buffer
		if err != nil {
			return false
		}
		full := previous[:keep] + string(rest[:len(rest)-1])
		if n := int(flags & longest); n == longest || n != len(full) {
			return false // not what we take it for
		}
		if full >= name {
			return full == name
		}
		if previous = full; header.Version < 4 { // 1 to 8 zeros, of which one is read
			_, _ = r.Discard(7 - (size+len(full))%8)
		}
	}
	return false
}

// offset reads a number as version 4 of the index and git's packs write it.
func offset(r *bufio.Reader) int {
	n := 0
	for first := true; ; first = false {
		b, err := r.ReadByte()
		if err != nil || n > 1<<20 {
			return n
		}
		if !first {
			n++
		}
		if n = n<<7 | int(b&0x7f); b&0x80 == 0 {
			return n
		}
	}
}
