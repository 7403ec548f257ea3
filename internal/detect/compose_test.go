package detect

import (
	"strings"
	"testing"
)

// TestComposeFiles: those that docker compose would load.
func TestComposeFiles(t *testing.T) {
	t.Parallel()
	for files, want := range map[string]string{
		"docker-compose.yml compose.yaml":                            "compose.yaml",
		"docker-compose.yml docker-compose.override.yaml":            "docker-compose.yml docker-compose.override.yaml",
		"compose.yml compose.override.yml compose.override.yaml":     "compose.yml compose.override.yml",
		"compose.override.yml":                                       "",
		"docker-compose.yaml web/compose.yaml docker-compose.ci.yml": "docker-compose.yaml",
	} {
		var archive strings.Builder
		for name := range strings.FieldsSeq(files) {
			archive.WriteString("-- " + name + " --\nservices: {}\n")
		}
		if got := strings.Join(scanned(t, archive.String()).Compose, " "); got != want {
			t.Errorf("%s: %s, want %s", files, got, want)
		}
	}
}
