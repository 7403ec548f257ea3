package ui

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, plain, color string }{
		{"ascii", "plain text", "plain text", "plain text"},
		{"color", "\x1b[31mred\x1b[0m", "red", "\x1b[31mred\x1b[0m\x1b[m"},
		{"cursor", "a\x1b[2J\x1b[Hb\x1b[?25lc", "abc", "abc"},
		{"title", "a\x1b]0;owned\x07b", "ab", "ab"},
		{"control", "a\x00\x07\x08b\rc", "abc", "abc"},
		{"tab", "a\tb", "a    b", "a    b"},
		{"invalid utf-8", "a\xffb", "a\uFFFDb", "a\uFFFDb"},
		{"wide", "日本 👩‍👩‍👧 é", "日本 👩‍👩‍👧 é", "日本 👩‍👩‍👧 é"},
		{"c1", "a\u009b31mb", "a31mb", "a31mb"},
		{"unterminated", "a\x1b[31", "a", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := clean(c.in, false); got != c.plain {
				t.Errorf("clean(%q, false) = %q, want %q", c.in, got, c.plain)
			}
			if got := clean(c.in, true); got != c.color {
				t.Errorf("clean(%q, true) = %q, want %q", c.in, got, c.color)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31mred\x1b[0m\x1b]8;;x\x07")
	f.Add("a\xc2\x9b2Jb\x90")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s, false)
		if !utf8.ValidString(got) {
			t.Errorf("clean(%q) = %q is no UTF-8", s, got)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7f && r < 0xa0 {
				t.Errorf("clean(%q) = %q holds %U", s, got, r)
			}
		}
		if w := ansi.StringWidth(fit(got, 7)); w > 7 {
			t.Errorf("fit(%q, 7) is %d wide", got, w)
		}
	})
}

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
