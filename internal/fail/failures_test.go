package fail_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestFailures(t *testing.T) {
	t.Parallel()
	web := &fail.Error{Code: fail.Exited, Service: "web", Message: "web stopped"}
	api := &fail.Error{Code: fail.NoAnswer, Service: "api", Message: "api is silent"}
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"none", nil, ""},
		{"one", web, "exited web stopped"},
		{"wrapped", fmt.Errorf("up: %w", web), "exited up: web stopped"},
		{"joined", errors.Join(web, api), "exited web stopped; no-answer api is silent"},
		{"joined with a summary", fail.Wrap(errors.Join(web, api), fail.NotReady, "", "2 services failed"), "exited web stopped; no-answer api is silent; not-ready 2 services failed"},
		{"foreign", errors.New("broken pipe"), "failed broken pipe"},
		{"canceled", fmt.Errorf("list: %w", context.Canceled), "interrupted interrupted"},
	} {
		var got []string
		for _, e := range fail.Failures(c.err) {
			got = append(got, string(e.Code)+" "+e.Error())
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}
