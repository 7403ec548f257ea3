package command

import (
	"io"
	"sync"

	"github.com/devup-cli/devup/internal/errno"
	"github.com/devup-cli/devup/internal/fail"
)

// output is where results go. It remembers the first error of writing them, so that
// `devup config > file` on a full disk does not end as if all were well.
type output struct {
	to  io.Writer
	mu  sync.Mutex
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// lost is the failure for results that could not be written, or nil. A reader that
// closed the stream does not want them.
func (o *output) lost() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.err == nil, errno.NoReader.In(o.err):
		return nil
	case errno.DiskFull.In(o.err):
		e := fail.Wrap(o.err, fail.DiskFull, "free some space, or write it elsewhere", "no space is left for the output")
		e.CauseShown = true
		return e
	}
	return fail.Wrap(o.err, fail.Failed, "", "the output cannot be written")
}
