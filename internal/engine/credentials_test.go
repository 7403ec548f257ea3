package engine

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret := base64.StdEncoding.EncodeToString([]byte("ada:lovelace"))
	text := `{"auths": {"registry.example": {"auth": "` + secret + `"}, "https://index.docker.io/v1/": {"auth": "` + secret + `"}}}`
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	find := Credentials(func(name string) (string, bool) { return dir, name == "DOCKER_CONFIG" }, "")
	for image, want := range map[string]string{
		"registry.example/shop/web:1": `"username":"ada"`,
		"ada/web":                     `"serveraddress":"https://index.docker.io/v1/"`,
		"elsewhere.example/web":       "",
		"Not A Reference":             "",
	} {
		decoded, err := base64.URLEncoding.DecodeString(find(image))
		if err != nil || !strings.Contains(string(decoded), want) || (want == "") != (len(decoded) == 0) {
			t.Errorf("credentials of %s are %q (%v), want some with %q", image, decoded, err, want)
		}
	}
}
