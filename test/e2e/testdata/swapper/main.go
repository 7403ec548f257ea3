// Swapper runs in a container that has a checkout mounted. It puts links in the place of
// files and directories there, and these back again, as fast as it can.
//
//	swapper DIR COUNTER PATH=TARGET[=EACH]...
//
// PATH lies below DIR and TARGET is what the link says. With EACH, the path is swapped only
// in each so many rounds, for a whole round. COUNTER is a file that gets the number of swaps.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

type target struct {
	path, link, side string
	each             int
}

func main() {
	dir := os.Args[1]
	counter, err := os.Create(os.Args[2])
	must(err)
	sides := filepath.Join(dir, ".swapper")
	must(os.MkdirAll(sides, 0o755))
	var targets []target
	for i, arg := range os.Args[3:] {
		parts := append(strings.Split(arg, "="), "1")
		each, err := strconv.Atoi(parts[2])
		must(err)
		targets = append(targets, target{filepath.Join(dir, parts[0]), parts[1], filepath.Join(sides, strconv.Itoa(i)), each})
	}
	swaps := 0
	for round := 0; ; round++ {
		for _, t := range targets {
			if round%t.each < 2 && t.swap() {
				swaps++
			}
		}
		if round%51 == 0 { // in its place: a rename would wait for the disk, with all links as they are
			_, err := counter.WriteAt(fmt.Appendf(nil, "%020d", swaps), 0)
			must(err)
		}
	}
}

// swap exchanges what is at the path and what is at its side, one of which is the link.
func (t target) swap() bool {
	if kindOf(t.path) == other && kindOf(t.side) != link { // devup wrote a file in the link's place
		_ = os.RemoveAll(t.side)
		_ = os.Symlink(t.link, t.side)
	}
	err := unix.Renameat2(unix.AT_FDCWD, t.path, unix.AT_FDCWD, t.side, unix.RENAME_EXCHANGE)
	if errors.Is(err, fs.ErrNotExist) { // there is nothing at the path: the link comes and goes
		if err = os.Rename(t.side, t.path); err != nil {
			err = os.Rename(t.path, t.side)
		}
	}
	return err == nil
}

type kind int

const (
	absent kind = iota
	link
	other
)

func kindOf(name string) kind {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return absent
	case info.Mode()&fs.ModeSymlink != 0:
		return link
	}
	return other
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
