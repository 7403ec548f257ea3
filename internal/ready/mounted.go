package ready

import (
	"path"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"

	"github.com/devup-cli/devup/internal/diagnose"
)

// bind is a folder or file of the engine's machine that a container mounts.
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

// mounted tells more of a file that the container's user may not use, where it comes
// from a bind mount: then no Dockerfile can mend it, and under SELinux it may be a
// matter of labels.
func mounted(c diagnose.Cause, s state) diagnose.Cause {
	b, found := s.bindOf(c.File)
	if c.Code != diagnose.Denied || !found {
		return c
	}
	c.Sentence += ", which is mounted from " + b.source
	c.Hint = "give it to the user that the container runs as, or set `user:` of the service to your own (`id -u`)"
	if s.confined && !b.labelled {
		c.Code = diagnose.SELinux
		c.Sentence += ": the engine uses SELinux, and the mount is not labelled for containers"
		c.Hint = "add `:z` to the mount, as in \"" + b.source + ":" + b.target + ":z\""
	}
	return c
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
