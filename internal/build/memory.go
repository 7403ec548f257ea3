package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"
)

// memory is a directory of files that are not on the disk, for a session to hand
// out: the Dockerfile may be inline, outside the context, or rewritten.
type memory map[string][]byte

// Walk visits the files in order of name, or the one that target names.
func (m memory) Walk(ctx context.Context, target string, visit fs.WalkDirFunc) error {
	target = strings.Trim(target, `./\`)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if target != "" && target != name {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		stat := &types.Stat{Path: name, Mode: 0o644, Size: int64(len(m[name])), ModTime: modTime(m[name])}
		if err := visit(name, &fsutil.DirEntryInfo{Stat: stat}, nil); err != nil {
			return err
		}
	}
	return nil
}

// modTime is a time that is another one for another content: the builder keeps what it
// was sent, and takes a file of the same size and time for the same file.
func modTime(content []byte) int64 {
	sum := sha256.Sum256(content)
	return int64(binary.BigEndian.Uint64(sum[:]) >> 2) // in the 146 years from 1970
}

// Open gives the content of a file.
func (m memory) Open(name string) (io.ReadCloser, error) {
	data, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}
