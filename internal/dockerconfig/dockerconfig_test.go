package dockerconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDir(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, tt := range []struct{ variable, home, want string }{
		{"", home, filepath.Join(home, ".docker")},
		{"", "", ""},
		{"/cfg", home, "/cfg"},
		{"/cfg", "", "/cfg"},
	} {
		if got := Dir(tt.variable, tt.home); got != tt.want {
			t.Errorf("Dir(%q, %q) = %q, want %q", tt.variable, tt.home, got, tt.want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, empty := range []string{"", dir} {
		if c, err := Read(empty); err != nil || c.CurrentContext != "" || c.AuthConfigs != nil {
			t.Errorf("no file in %q: %+v (%v), want an empty configuration", empty, c, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, Name), []byte(`{"currentContext":"far","HttpHeaders":{"X-Team":"shop"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Read(dir); err != nil || c.CurrentContext != "far" || c.HTTPHeaders["X-Team"] != "shop" {
		t.Errorf("got %+v (%v)", c, err)
	}
}

func TestParseErrorsShowNothingOfTheText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"auths":{"r.example":{"auth":"SECRET}}`:      "it is not JSON, from byte 39 on",
		`{"auths":{"r.example":"SECRET"}}`:             "a string stands where it should not, at auths",
		`["SECRET"]`:                                   "a array stands where it should not, at ",
		`{"credHelpers":{"r.example":["SECRET","x"]}}`: "a array stands where it should not, at credHelpers",
	} {
		_, err := Parse([]byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("the error shows a secret: %v", err)
		}
	}
}
