package ready

import (
	"bytes"
	"path/filepath"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/untrusted"
)

// spoilt tells more of a script that could not be started, where it is among the
// sources and its first line has a Windows line end: the kernel then looks for an
// interpreter with a carriage return in its name, and says that there is none.
func spoilt(c diagnose.Cause, s Source) diagnose.Cause {
	below := s.below(c.File)
	if (c.Code != "entry-missing" && c.Code != "line-ends") || below == "" {
		return c
	}
	text, err := untrusted.ReadFile(filepath.Join(s.Dir, filepath.FromSlash(below)), untrusted.MaxText)
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if err != nil || !bytes.HasPrefix(first, []byte("#!")) || !bytes.HasSuffix(first, []byte("\r")) {
		return c
	}
	name := s.file(c.File)
	c.Code, c.Sentence = "line-ends", name+" has Windows line ends (CRLF)"
	c.Hint = `run "sed -i 's/\r$//' ` + name + `", and add "*.sh text eol=lf" to .gitattributes`
	return c
}
