package composefile

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestTheFileAtFaultIsNamed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, compose, devup, want string }{
		{"in the second", "services:\n  web: {image: x}", "services:\n  web:\n    prots: []", "devup.yaml:3"},
		{"in the first", "services:\n  web:\n    image: x\n    prots: []", "services:\n  web: {init: true}", "compose.yaml:4"},
		{"half, in the first", "services:\n  web: [", "services: {}", "compose.yaml:2"},
		{"twice, in the second", "services:\n  web: {image: x}", "services:\n  web: {}\nservices: {}", "devup.yaml:3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- compose.yaml --\n"+test.compose+"\n-- devup.yaml --\n"+test.devup)
			_, _, err := load(t.Context(), Options{Dir: dir}, "")
			e := failure(t, err)
			if got := fmt.Sprintf("%s:%d", filepath.Base(e.File), e.Line); got != test.want {
				t.Errorf("at %s, want %s (%v)", got, test.want, err)
			}
		})
	}
}

func TestWrongEnvFile(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- web.env --\nA=1\nB='never closed\n-- devup.yaml --\nservices: {web: {image: x, env_file: web.env}}")
	_, _, err := load(t.Context(), Options{Dir: dir}, "")
	e := failure(t, err)
	if e.Code != fail.Config || filepath.Base(e.File) != "web.env" || e.Service != "web" {
		t.Errorf("got %+v", e)
	}
	if strings.Contains(e.Message+e.Hint, "never closed") {
		t.Errorf("the value, which may be a secret, is in %q", e.Message)
	}
}
