package ready

import (
	"path"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"

	"github.com/devup-cli/devup/internal/diagnose"
)

// bind is a directory or file of the engine's machine that a container mounts.
type bind struct {
	source, target string
	labelled       bool // with z or Z: SELinux lets the container use it
}

// bindsOf are the bind mounts of a container.
func bindsOf(c container.InspectResponse) []bind {
	var binds []bind
	for _, m := range c.Mounts {
		if m.Type == mount.TypeBind {
			binds = append(binds, bind{m.Source, path.Clean(m.Destination), strings.ContainsAny(m.Mode, "zZ")})
		}
	}
	return binds
}

// withMountCause adds to a cause that the file which it is about comes from a bind mount.
func (s state) withMountCause(c diagnose.Cause) diagnose.Cause {
	b, found := s.bindOf(c.Names["file"])
	if c.Reason != diagnose.Denied || !found {
		return c
	}
	return c.WithMount(b.source, b.target, s.confined && !b.labelled)
}

// bindOf is the innermost bind mount that a file lies in.
func (s state) bindOf(file string) (innermost bind, found bool) {
	for _, b := range s.binds {
		inside := file == b.target || strings.HasPrefix(file, strings.TrimSuffix(b.target, "/")+"/")
		if inside && len(b.target) > len(innermost.target) {
			innermost, found = b, true
		}
	}
	return innermost, found
}
