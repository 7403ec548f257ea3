package project

import (
	"bufio"
	"encoding/binary"
	"io"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/untrusted"
)

// tracked says that git has a file: that it is in the index of the repository around it,
// which is read here so that nobody waits for a git. What cannot be read (no repository, a
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

// gitDir is where git keeps what belongs to a folder: .git, or what the file .git of a
// linked worktree or submodule names.
func gitDir(dir string) string {
	at := filepath.Join(dir, ".git")
	text, err := untrusted.ReadFile(at, maxEnvFile)
	if link, ok := strings.CutPrefix(string(text), "gitdir: "); err == nil && ok {
		if at = strings.TrimSpace(link); !filepath.IsAbs(at) {
			at = filepath.Join(dir, at)
		}
	}
	return at
}

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
