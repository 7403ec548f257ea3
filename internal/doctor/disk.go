package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/engine"
)

const gibibyte = 1 << 30

// Limits below which a check complains. A frontend's node_modules and its image
// take one to two gibibytes while they are built.
const (
	littleDisk = 5 * gibibyte
	noDisk     = 1 * gibibyte
)

// Space is how much room a file system has, in bytes.
type Space struct {
	Free, Total int64
}

// checkDisk looks at the file systems of the project and, where the engine's
// files lie on this machine, of the engine.
func checkDisk(ctx context.Context, o Options, find func(context.Context) (*engine.Engine, error)) Finding {
	if o.Machine.Free == nil {
		return nothing()
	}
	dirs := []string{o.Project.Dir}
	if e, err := find(ctx); err == nil && e.Local() {
		if facts, err := e.Facts(ctx); err == nil && !facts.Desktop && o.Machine.GOOS == "linux" {
			dirs = append(dirs, facts.DockerRootDir)
		}
	}
	level, lines := OK, []string{}
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		space, err := freeNear(o.Machine.Free, dir)
		if err != nil {
			level = worse(level, Warning)
			lines = append(lines, fmt.Sprintf("%s cannot be read: %v", dir, err))
			continue
		}
		switch {
		case space.Free < noDisk:
			level = worse(level, Problem)
		case space.Free < littleDisk:
			level = worse(level, Warning)
		}
		lines = append(lines, fmt.Sprintf("%s free for %s", size(space.Free), dir))
	}
	found := Finding{Level: level, Text: strings.Join(lines, "; ")}
	if level != OK {
		found.Hint = "remove images and build caches that nothing uses: `docker system prune`"
	}
	return found
}

// freeNear looks at the directory, or at the nearest one above it that is there and
// may be looked at: the engine's own directory is closed to most users.
func freeNear(free func(string) (Space, error), dir string) (Space, error) {
	for {
		space, err := free(dir)
		above := filepath.Dir(dir)
		if err == nil || above == dir || (!errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission)) {
			return space, err
		}
		dir = above
	}
}

func worse(a, b Level) Level { return Worst([]Finding{{Level: a}, {Level: b}}) }

// size is a number of bytes as people read it.
func size(bytes int64) string {
	if bytes < gibibyte {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%.1f GiB", float64(bytes)/gibibyte)
}
