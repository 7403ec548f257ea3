package suggest

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"stack", "ready", "public", "port"}
	for word, want := range map[string]string{"Stack": "stack", "raedy": "ready", "pubic": "public", "ports": "port", "quux": "", "": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
