package ui

import (
	"strings"
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0.0s", 340 * time.Millisecond: "0.3s", 12400 * time.Millisecond: "12s",
		59900 * time.Millisecond: "59s", 185 * time.Second: "3m05s", 2*time.Hour + time.Minute: "2h01m",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestColorsAreStable(t *testing.T) {
	t.Parallel()
	var a, b colors
	a.pick("db")
	first := a.pick("web").String()
	if again := b.pick("web").String(); again != first {
		t.Errorf("colour of web: %q alone, %q after db", again, first)
	}
	seen := map[string]bool{}
	for name := range strings.FieldsSeq("a b c d e f g h i j") {
		seen[(&a).pick(name).String()] = true
	}
	if len(seen) < len(palette)-2 {
		t.Errorf("only %d colours for 10 names", len(seen))
	}
}

// TestWrapped: a line breaks between words and not within a command.
func TestWrapped(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"short":                                     "short",
		"  hint: look for it in the line above":     "  hint: look for it\nin the line above",
		"run `devup logs web-1`; it says more":      "run\n`devup logs web-1`;\nit says more",
		"http://localhost:3000/a/long/path is open": "http://localhost:3000/a/long/path\nis open",
		"an odd ` in a text of several words":       "an odd ` in a text\nof several words",
		"\x1b[1mbold words that go on\x1b[m and on": "\x1b[1mbold words that go\non\x1b[m and on",
	} {
		if got := wrapped(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if text := "as long as it gets without a terminal"; wrapped(text, 0) != text {
		t.Error("it is broken without a terminal")
	}
}
