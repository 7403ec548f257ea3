package settings

import (
	"errors"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func FuzzParseFile(f *testing.F) {
	for _, seed := range []string{"host: a\n", "yes: [", "a: &x b\nhost: *x\n", "- 1", "host: &h {a: *h}", "\xef\xbb\xbfhost: x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		values, line, err := parseFile(data)
		if err != nil {
			if _, ok := errors.AsType[*fail.Error](err); !ok || line < 0 {
				t.Errorf("line %d: %v is no error for a user", line, err)
			}
			return
		}
		for name := range values {
			if _, known := lookup(name); !known {
				t.Errorf("the unknown key %q came through", name)
			}
		}
	})
}
