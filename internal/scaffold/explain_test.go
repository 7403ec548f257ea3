package scaffold

import (
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	for cause, want := range map[error]fail.Code{
		syscall.ENOSPC:   fail.DiskFull,
		syscall.EDQUOT:   fail.DiskFull,
		syscall.EROFS:    fail.Denied,
		fs.ErrPermission: fail.Denied,
		fs.ErrExist:      fail.Failed,
		fs.ErrClosed:     fail.Failed,
	} {
		err := explain(fmt.Errorf("write web/Dockerfile: %w", cause), "web/Dockerfile")
		if got := fail.CodeOf(err); got != want {
			t.Errorf("%v has code %s, want %s", cause, got, want)
		}
	}
}
