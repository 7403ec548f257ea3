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

func TestIsTypo(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{
		"x-devp": true, "x-devuup": true, "x-dveup": true, "X-Devup": true, "x-dev-up": true, "x-devup": false, "x-dev": false, "x-common": false, "": false,
	} {
		if got := IsTypo(word, "x-devup"); got != want {
			t.Errorf("IsTypo(%q) = %t", word, got)
		}
	}
}
