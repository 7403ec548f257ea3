package logs

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

// readAll reads a stream in one piece and byte by byte; both must give the same.
func readAll(t *testing.T, stream string) ([]entry, error) {
	t.Helper()
	collect := func(r io.Reader) (entries []entry, err error) {
		err = read(r, func(e entry) error { entries = append(entries, e); return nil })
		return entries, err
	}
	whole, err := collect(strings.NewReader(stream))
	single, err1 := collect(iotest.OneByteReader(strings.NewReader(stream)))
	if (err == nil) != (err1 == nil) || len(whole) != len(single) {
		t.Fatalf("in one piece: %d lines, %v; byte by byte: %d lines, %v", len(whole), err, len(single), err1)
	}
	for i := range whole {
		if whole[i] != single[i] {
			t.Fatalf("line %d: in one piece %.80q; byte by byte %.80q", i, whole[i].text, single[i].text)
		}
	}
	return whole, err
}

func TestRead(t *testing.T) {
	t.Parallel()
	chunk := strings.Repeat("x", chunkSize)
	for _, c := range []struct {
		name   string
		stream string
		want   []string
	}{
		{"nothing", "", nil},
		{"streams", message{1, false, "a\n"}.frame() + message{2, true, "b\n"}.frame(), []string{"stdout a", "stderr b"}},
		{"empty line", message{1, false, "\n"}.frame(), []string{"stdout "}},
		{"interleaved parts", message{1, false, "a"}.frame() + message{2, true, "b\n"}.frame() + message{3, false, "c\n"}.frame(), []string{"stderr b", "stdout ac"}},
		{"several lines a frame", message{1, false, "a\nb\nc"}.frame(), []string{"stdout a", "stdout b", "stdout c"}},
		{"cut header", message{1, false, "a\n"}.frame() + "\x01\x00", []string{"stdout a"}},
		{"cut body", message{1, false, "a\n"}.frame() + message{2, false, "hello\n"}.frame()[:42], []string{"stdout a", "stdout hel"}},
		{"no timestamp", "\x01\x00\x00\x00\x00\x00\x00\x03hi\n", []string{"stdout hi"}},
		{"long line in frames", message{1, false, chunk}.frame() + message{1, false, "y\n"}.frame(), []string{"stdout " + chunk + "y"}},
		{"tty", message{1, false, "a b\r\n"}.raw() + message{2, false, "\r\n"}.raw(), []string{"stdout a b", "stdout "}},
		{"tty without timestamp", "just text\nmore", []string{"stdout just text", "stdout more"}},
		{"long line of a tty", message{1, false, chunk}.raw() + message{1, false, "y\r\n"}.raw() + message{2, false, "z\r\n"}.raw(), []string{"stdout " + chunk + "y", "stdout z"}},
		{"progress bar", message{1, false, "1%\r2%\r100%\r\n"}.frame(), []string{"stdout 100%"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			entries, err := readAll(t, c.stream)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				got = append(got, e.stream+" "+e.text)
			}
			check(t, "lines", strings.Join(got, "\n"), c.want...)
		})
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ stream, want string }{
		"unknown stream":  {"\x01\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00", "unknown frame header"},
		"garbage":         {"\x01\x02\x03\x04\x05\x06\x07\x08", "unknown frame header"},
		"engine's own":    {"\x03\x00\x00\x00\x00\x00\x00\x06broken", "engine: broken"},
		"huge and absent": {"\x03\x00\x00\x00\xff\xff\xff\xffbroken", "engine: broken"},
	} {
		if _, err := readAll(t, c.stream); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
	stop := errors.New("stop")
	if err := read(strings.NewReader("a\nb\n"), func(entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want that of emit", err)
	}
}

// TestRawLineIsNotHeldBack reads a short line from a stream that then is silent.
func TestRawLineIsNotHeldBack(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	got := make(chan string)
	go func() {
		_ = read(r, func(e entry) error { got <- e.text; return nil })
		close(got)
	}()
	_, _ = io.WriteString(w, message{1, false, "a\r\n"}.raw())
	if text := <-got; text != "a" {
		t.Errorf("got %q", text)
	}
	_, _ = io.WriteString(w, "b\n") // shorter than any timestamp
	if text := <-got; text != "b" {
		t.Errorf("got %q", text)
	}
	_ = w.Close()
	<-got
}

func TestLongLinesAreSplit(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("é", maxLine) // twice as many bytes
	entries, err := readAll(t, message{1, false, "x" + text + "\n"}.frame())
	if err != nil {
		t.Fatal(err)
	}
	var joined strings.Builder
	for _, e := range entries {
		if len(e.text) > maxLine || !utf8.ValidString(e.text) {
			t.Errorf("part of %d bytes, valid %v", len(e.text), utf8.ValidString(e.text))
		}
		joined.WriteString(e.text)
	}
	if joined.String() != "x"+text {
		t.Error("the parts are not the line")
	}
	if len(entries) != 3 {
		t.Errorf("%d parts, want 3", len(entries))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(message{1, false, "a\n"}.frame() + message{2, true, "b"}.frame())
	f.Add(message{1, false, "a\r\n"}.raw())
	f.Add("\x01\x00\x00\x00\xff\xff\xff\xffx")
	f.Add("\x03\x00\x00\x00\x00\x00\x00\x01x")
	f.Fuzz(func(t *testing.T, stream string) {
		entries, _ := readAll(t, stream)
		total := 0
		for _, e := range entries {
			total += len(e.text)
			if strings.Contains(e.text, "\n") || len(e.text) > maxLine {
				t.Errorf("line %.80q of %d bytes", e.text, len(e.text))
			}
		}
		if total > len(stream) {
			t.Errorf("%d bytes of lines out of %d", total, len(stream))
		}
	})
}
