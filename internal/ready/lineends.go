package ready

import (
	"bytes"
	"path/filepath"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/untrusted"
)

// withLineEndCause says more of a script that could not be started, where it is among the
// sources and its first line has a Windows line end: the kernel then searches for an
// interpreter with a carriage return in its name, and finds none.
func (s Source) withLineEndCause(c diagnose.Cause) diagnose.Cause {
	file := c.Names["file"]
	below := s.below(file)
	if (c.Reason != diagnose.EntryMissing && c.Reason != diagnose.LineEnds) || below == "" {
		return c
	}
	text, err := untrusted.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(below)), untrusted.MaxText)
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if err != nil || !bytes.HasPrefix(first, []byte("#!")) || !bytes.HasSuffix(first, []byte("\r")) {
		return c
	}
	return c.WithLineEnds(s.file(file))
}
