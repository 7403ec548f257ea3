package project

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestUnsupportedKeysAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ key, service string }{
		{"pre_start", "image: x\n    pre_start: [{command: migrate, per_replica: true}]"},
		{"use_api_socket", "image: x\n    use_api_socket: true"},
		{"credential_spec", "image: x\n    credential_spec: {file: account.json}"},
	} {
		t.Run(test.key, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- compose.yaml --\nservices:\n  web: {image: x}\n  odd:\n    "+test.service+"\nmodels: {llm: {model: m}}\n")
			_, err := Load(t.Context(), Options{Dir: dir})
			if fail.CodeOf(err) != fail.Config {
				t.Fatalf("error %v, want %s", err, fail.Config)
			}
			line := ":4: "
			if strings.Contains(test.service, "\n") {
				line = ":5: "
			}
			if want := line + "service odd says " + test.key; !strings.Contains(err.Error(), "compose.yaml"+want) {
				t.Errorf("%q lacks %q", err, want)
			}
			if _, err := Load(t.Context(), Options{Dir: dir, Services: []string{"web"}}); err != nil {
				t.Errorf("without the service: %v", err)
			}
		})
	}
}
