package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/untrusted"
)

// InputsLabel is the label of a container that holds the [Inputs] of its image.
const InputsLabel = "dev.devup.build-inputs"

// Inputs is a hash of everything that decides what the image is: the Dockerfile,
// target, arguments and options, and the files of the contexts that the stages
// of the target take. Files count by name, content, executable bit or link
// target; owners, times and other bits do not, nor does the place of the
// checkout, so that the hash is the same on every machine. Values of secrets
// are not in it.
//
// Files that only a COPY at the end of the build takes, to where a bind mount
// hides them when the service runs ([Spec.Hidden]), do not count: the container
// cannot see them.
//
// It does not see that a base image was replaced under its tag, that a remote
// context moved on, and COPY triggers (ONBUILD) of a base image.
//
// The errors are those of [Run] for a context or Dockerfile that is missing,
// [fail.Denied] for a file that cannot be read, and the cause of ctx, which ends it.
func Inputs(ctx context.Context, s Spec) (string, error) {
	return hashInputs(ctx, s, map[string]string{})
}

// hashInputs is [Inputs]. known has the inputs of the services that were hashed before: there
// may be many ways from one image to another.
func hashInputs(ctx context.Context, s Spec, known map[string]string) (string, error) {
	if inputs, ok := known[s.Service]; ok {
		return inputs, nil
	}
	h := sha256.New()
	if err := writeInputs(ctx, h, s, known); err != nil {
		return "", err
	}
	known[s.Service] = hex.EncodeToString(h.Sum(nil))
	return known[s.Service], nil
}

func writeInputs(ctx context.Context, h hash.Hash, s Spec, known map[string]string) error {
	def, err := readDefinition(s)
	if err != nil {
		return err
	}
	field(h, "version", "1")
	field(h, "dockerfile", strings.ReplaceAll(string(def.text), "\r\n", "\n"))
	writeOptions(h, s)
	if !s.Local() {
		field(h, "context", s.Context, s.Dockerfile)
		return nil
	}
	need := findContextNeeds(s, def.text)
	if err := writeContexts(ctx, h, s, need, known); err != nil {
		return err
	}
	ignore, err := def.ignorePatterns(s.Context)
	if err != nil {
		return err
	}
	return writeFiles(ctx, h, s, need, ignore)
}

func writeOptions(h hash.Hash, s Spec) {
	field(h, "target", s.Target)
	for _, name := range slices.Sorted(maps.Keys(s.Args)) {
		if v := s.Args[name]; v != nil && !isProxy(name) {
			field(h, "arg", name, *v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
		field(h, "label", name, s.Labels[name])
	}
	for _, secret := range s.Secrets {
		field(h, "secret", secret.ID)
	}
	for _, key := range s.SSH {
		field(h, "ssh", key.ID)
	}
	field(h, "tags", s.Tags...)
	field(h, "hosts", s.ExtraHosts...)
	field(h, "ulimits", s.Ulimits...)
	field(h, "options", s.Network, s.Platform, strconv.FormatInt(s.ShmSize, 10))
}

// isProxy reports whether BuildKit leaves the argument out of image and cache.
func isProxy(name string) bool { return strings.HasSuffix(strings.ToUpper(name), "_PROXY") }

// writeContexts adds the additional contexts that the target uses: directories with
// all their files, images of other services by their own inputs.
func writeContexts(ctx context.Context, h hash.Hash, s Spec, need contextNeeds, known map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(need.named)) {
		if base, ok := s.Bases[name]; ok {
			inputs, err := hashInputs(ctx, base, known)
			if err != nil {
				return err
			}
			field(h, "base", name, inputs)
			continue
		}
		where := s.Contexts[name]
		if isRemote(where) {
			field(h, "context", name, where)
			continue
		}
		field(h, "directory", name)
		other := Spec{Service: s.Service, Root: s.Root, Context: where}
		ignore, err := definition{}.ignorePatterns(where)
		if err != nil {
			return err
		}
		if err := writeFiles(ctx, h, other, contextNeeds{all: true}, ignore); err != nil {
			return err
		}
	}
	return nil
}

// file is an input of the context: a regular file or a link.
type file struct {
	name string // slash path in the context
	mode fs.FileMode
	size int64

	modified time.Time
	sum      [sha256.Size]byte
}

// largeFile is the size above which a file counts by its size and time of change: a clone
// can hold files of terabytes without a byte on the disk, and commands that only read hash
// the context too.
const largeFile = 1 << 30

// writeFiles adds the context's files, which are hashed side by side.
func writeFiles(ctx context.Context, h hash.Hash, s Spec, need contextNeeds, ignore []string) error {
	files, err := listFiles(ctx, s, need, ignore)
	if err != nil {
		return err
	}
	if bytes, most := weigh(files); bytes > largeContext && s.Large != nil {
		s.Large(bytes, most)
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0) * 2)
	for i := range files {
		group.Go(func() error { return files[i].hash(ctx, s) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	for _, f := range files {
		kind := "file"
		switch {
		case f.mode&fs.ModeSymlink != 0:
			kind = "link"
		case f.mode&0o100 != 0 && runtime.GOOS != "windows":
			kind = "program"
		}
		field(h, kind, f.name, string(f.sum[:]))
	}
	return nil
}

// largeContext is how many bytes of files are worth a word before they are read and sent.
const largeContext = 1 << 30

// weigh gives the bytes of all files, and the entry of the context that holds most of them.
func weigh(files []file) (bytes int64, most string) {
	by := map[string]int64{}
	for _, f := range files {
		if f.mode&fs.ModeSymlink != 0 {
			continue
		}
		entry, _, _ := strings.Cut(f.name, "/")
		bytes, by[entry] = bytes+f.size, by[entry]+f.size
	}
	for _, entry := range slices.Sorted(maps.Keys(by)) {
		if by[entry] > by[most] {
			most = entry
		}
	}
	return bytes, most
}

// listFiles walks the part of the context that the target needs.
func listFiles(ctx context.Context, s Spec, need contextNeeds, ignore []string) ([]file, error) {
	if !need.all && len(need.copies) == 0 {
		return nil, nil
	}
	root, err := s.list()
	if err != nil {
		return nil, contextError(s, err)
	}
	filter := &fsutil.FilterOpt{ExcludePatterns: ignore}
	if !need.all {
		var sources []string
		for _, t := range need.copies {
			sources = append(sources, t.sources...)
		}
		if !slices.Contains(sources, ".") {
			filter.FollowPaths = sources
		}
	}
	filtered, err := fsutil.NewFilterFS(root, filter)
	if err != nil {
		return nil, contextError(s, err)
	}
	var files []file
	err = filtered.Walk(ctx, "", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		mode := entry.Type() & fs.ModeType // fsutil leaves other bits in
		if mode.IsDir() || mode&^fs.ModeSymlink != 0 || !need.includes(name, s) {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		files = append(files, file{name: name, mode: info.Mode(), size: info.Size(), modified: info.ModTime()})
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, contextError(s, err)
	}
	return files, nil
}

// includes reports whether the file counts, see [Inputs].
func (w contextNeeds) includes(name string, s Spec) bool {
	if w.all {
		return true
	}
	taken := false
	for _, t := range w.copies {
		where, ok := t.destination(name)
		if !ok {
			continue
		}
		if !t.last || t.dest == "" || !isBelow(where, s.Hidden) || isBelow(where, s.Shown) {
			return true
		}
		taken = true
	}
	// What no pattern names is the end of a link that one does.
	return !taken
}

func (f *file) hash(ctx context.Context, s Spec) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	name := filepath.Join(s.Context, filepath.FromSlash(f.name))
	if f.mode&fs.ModeSymlink != 0 {
		target, err := os.Readlink(name)
		if err != nil {
			return contextError(s, err)
		}
		f.sum = sha256.Sum256([]byte(filepath.ToSlash(target)))
		return nil
	}
	if f.size > largeFile {
		f.sum = sha256.Sum256(fmt.Append(nil, f.size, f.modified.UnixNano()))
		return nil
	}
	in, err := untrusted.Open(name)
	if err != nil {
		return contextError(s, err)
	}
	defer in.Close()
	h := sha256.New()
	if _, err := io.Copy(h, untilDone{ctx, io.LimitReader(in, largeFile)}); err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	} else if err != nil {
		return contextError(s, err)
	}
	h.Sum(f.sum[:0])
	return nil
}

// untilDone is a reader that ends with ctx.
type untilDone struct {
	ctx context.Context //nolint:containedctx // it lives as long as one read of a file
	io.Reader
}

func (r untilDone) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.Reader.Read(p)
}

// field writes values so that no two lists of values have the same encoding.
func field(h hash.Hash, name string, values ...string) {
	fmt.Fprintf(h, "%s %d\n", name, len(values))
	for _, value := range values {
		fmt.Fprintf(h, "%d:%s\n", len(value), value)
	}
}
