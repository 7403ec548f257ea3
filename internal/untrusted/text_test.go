package untrusted

import (
	"encoding/json"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
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
		{"bidi", "a\u202eb\u2066c\u200fd\u061ce", "abcde", "abcde"},
		{"line separator", "a\u2028b\u2029c", "abc", "abc"},
		{"unterminated", "a\x1b[31", "a", "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Text(c.in, false); got != c.plain {
				t.Errorf("Text(%q, false) = %q, want %q", c.in, got, c.plain)
			}
			if got := Text(c.in, true); got != c.color {
				t.Errorf("Text(%q, true) = %q, want %q", c.in, got, c.color)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b[31mred\x1b[0m\x1b]8;;x\x07")
	f.Add("a\xc2\x9b2Jb\x90")
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s, false)
		if !utf8.ValidString(got) {
			t.Errorf("Text(%q) = %q is no UTF-8", s, got)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("Text(%q) = %q holds %U", s, got, r)
			}
		}
	})
}

func TestLines(t *testing.T) {
	t.Parallel()
	in := "a\x1b[2J\tb\r\n\n\u202ec\td"
	if got, want := Lines(in, false), "a\tb\n\nc\td"; got != want {
		t.Errorf("Lines(%q) = %q, want %q", in, got, want)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"backend-flask/app.py", "backend-flask/app.py"},
		{"日本 é", "日本 é"},
		{"front\nwrote .env", `"front\nwrote .env"`},
		{"a\x1b]0;owned\x07", `"a\x1b]0;owned\a"`},
		{"a\u202eb\u009bc", `"a\u202eb\u009bc"`},
		{"tab\t", `"tab\t"`},
		{"we\u200bb\ufeff", `"we\u200bb\ufeff"`}, // no width: it looks like "web"
		{"a\xff", `"a\xff"`},
	} {
		if got := Name(c.in); got != c.want {
			t.Errorf("Name(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

// TestSafeJSON: what is read from the text is what went into it.
func TestSafeJSON(t *testing.T) {
	t.Parallel()
	in := "é日\x1b\x7f\u0085\u009b\u200f\u202e\u2066\u2028"
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	escaped := SafeJSON(string(text))
	if got, want := escaped, `"é日\u001b\u007f\u0085\u009b\u200f\u202e\u2066\u2028"`; got != want {
		t.Errorf("SafeJSON(%q) = %s, want %s", text, got, want)
	}
	var back string
	if err := json.Unmarshal([]byte(escaped), &back); err != nil || back != in {
		t.Errorf("read from %s: %q, %v; want %q", escaped, back, err, in)
	}
}
