// Package gitindex reads which files git tracks from its index, so that no one waits for a git.
// https://git-scm.com/docs/index-format
package gitindex

import (
	"bufio"
	"encoding/binary"
	"io"
	"iter"
	"strings"
)

const (
	fixed    = 62     // bytes of an entry before its name
	extended = 0x4000 // flag: two bytes more
	longest  = 0xfff  // length of a name in the flags, which is that of a longer one too
)

// Paths are the paths in an index, slash-separated and sorted. They end where it is not what it
// is taken for: a split index, one with hashes other than SHA-1, a path of 4095 bytes or more.
func Paths(index io.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		r := reader{Reader: bufio.NewReader(index)}
		var header struct {
			Signature      [4]byte
			Version, Count uint32
		}
		if binary.Read(r, binary.BigEndian, &header) != nil || string(header.Signature[:]) != "DIRC" || header.Version < 2 || header.Version > 4 {
			return
		}
		r.version = header.Version
		for range header.Count {
			if !r.next() || !yield(r.path) {
				return
			}
		}
	}
}

// MaxLink is the most that is read of a file that names a directory of git.
const MaxLink = 64 << 10

// Linked is the directory that the file .git of a linked work tree or a submodule names; empty for another
// text. https://git-scm.com/docs/gitrepository-layout
func Linked(text []byte) string {
	link, ok := strings.CutPrefix(string(text), "gitdir: ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(link)
}

// reader goes through the entries.
type reader struct {
	*bufio.Reader
	version uint32
	path    string // of the entry that was read last
}

// next reads an entry.
func (r *reader) next() bool {
	var entry [fixed]byte
	if _, err := io.ReadFull(r, entry[:]); err != nil {
		return false
	}
	flags, size := binary.BigEndian.Uint16(entry[fixed-2:]), fixed
	if flags&extended != 0 {
		size += 2
		_, _ = r.Discard(2) // at the end of the file, the next read says so
	}
	keep := 0
	if r.version == 4 { // how many bytes the path before has more than this one shares with it
		keep = max(0, len(r.path)-offset(r.Reader))
	}
	rest, err := r.ReadSlice(0) // an error for a path that is longer than the buffer
	if err != nil {
		return false
	}
	r.path = r.path[:keep] + string(rest[:len(rest)-1])
	if n := int(flags & longest); n == longest || n != len(r.path) {
		return false
	}
	if r.version < 4 { // 1 to 8 zeros, of which one is read
		_, _ = r.Discard(7 - (size+len(r.path))%8)
	}
	return true
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
