package build

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// mountPoints are the directories of this machine in which something is mounted when
// the service runs: ./web:/app and a volume at /app/node_modules need the directory
// ./web/node_modules.
func mountPoints(volumes []types.ServiceVolumeConfig) []string {
	var points []string
	for _, outer := range volumes {
		if outer.Type != types.VolumeTypeBind {
			continue
		}
		for _, inner := range volumes {
			below, ok := strings.CutPrefix(path.Clean(inner.Target), path.Clean(outer.Target)+"/")
			if ok {
				points = append(points, filepath.Join(outer.Source, filepath.FromSlash(below)))
			}
		}
	}
	return points
}

// ownState is the directory in which devup keeps what it knows of a checkout, in the context or
// in a directory of it. It is no part of any image: what changes there would make the image
// another one, and what a user was asked for lies there.
const ownState = ".devup"

// list gives the files of the context by their paths, for the hash of [Inputs]. A link that
// takes the place of a directory meanwhile is followed: only the hash leaves this machine.
func (s Spec) list() (fsutil.FS, error) {
	files, err := fsutil.NewFS(s.Context)
	if err != nil {
		return nil, err
	}
	return s.sent(files)
}

// sent gives those of the context's files that a build gets. An empty directory that
// is there only to be mounted on is left out: the first run of the service made
// it, and for the next build COPY . would be another step than before, and all
// that comes after it, npm install, would be done again.
func (s Spec) sent(files fsutil.FS) (fsutil.FS, error) {
	return fsutil.NewFilterFS(files, &fsutil.FilterOpt{Map: func(name string, stat *fstypes.Stat) fsutil.MapResult {
		if filepath.Base(name) == ownState {
			if !stat.IsDir() {
				return fsutil.MapResultExclude // to skip at a file would skip those next to it
			}
			return fsutil.MapResultSkipDir
		}
		full := filepath.Join(s.Context, name)
		if !slices.Contains(s.Points, full) {
			return fsutil.MapResultKeep
		}
		if entries, err := os.ReadDir(full); err != nil || len(entries) > 0 {
			return fsutil.MapResultKeep
		}
		return fsutil.MapResultSkipDir
	}})
}
