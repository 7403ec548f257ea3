package ui

import (
	"bytes"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	qr "github.com/piglig/go-qr"
)

const tunnelURL = "https://buffalo-marco-cardiff-motel.trycloudflare.com"

// shown is what Code prints on a terminal of that many columns, 0 for none.
func shown(t *testing.T, text string, columns int, colored bool) (string, error) {
	t.Helper()
	var out, errs bytes.Buffer
	u := New(Streams{
		Out: &out, Err: &errs, OutTTY: columns > 0, OutColor: colored, Size: func() (int, int) { return columns, 24 },
	}, Plain)
	err := u.Code(text)
	u.Close()
	return out.String(), err
}

// photo is what a camera sees of the lines that are a code: eight pixels for a module.
// background says whether what is not drawn is white.
func photo(lines []string, white bool) image.Image {
	const size = 8
	drawn, empty := color.Gray{Y: 255}, color.Gray{}
	if white {
		drawn, empty = empty, drawn
	}
	picture := image.NewGray(image.Rect(0, 0, size*ansi.StringWidth(lines[0]), 2*size*len(lines)))
	for row, line := range lines {
		for column, r := range []rune(line) {
			for half, set := range []bool{r == '▀' || r == '█', r == '▄' || r == '█'} {
				shade := empty
				if set {
					shade = drawn
				}
				for i := range size * size {
					picture.SetGray(column*size+i%size, (2*row+half)*size+i/size, shade)
				}
			}
		}
	}
	return picture
}

func TestACodeIsReadBack(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"local": "http://192.168.1.5:3000", "tunnel": tunnelURL,
		"codespace": "https://octocat-literate-space-parakeet-mld5xyz12345-3000.app.github.dev", "long": tunnelURL + "/" + strings.Repeat("x", 150),
	} {
		for _, colored := range []bool{true, false} {
			out, err := shown(t, text, 80, colored)
			if err != nil {
				t.Fatal(err)
			}
			first, rest, _ := strings.Cut(out, "\n")
			if first != text {
				t.Errorf("%s: the first line is %q", name, first)
			}
			if strings.Contains(rest, "\x1b") != colored {
				t.Errorf("%s: escapes in the code, coloured %v", name, colored)
			}
			lines := strings.Split(strings.TrimSuffix(ansi.Strip(rest), "\n"), "\n")
			if width := ansi.StringWidth(lines[0]); width > 80 {
				t.Errorf("%s: %d columns", name, width)
			}
			if got, err := qr.Decode(photo(lines, colored)); err != nil || got != text {
				t.Errorf("%s: read %q, %v", name, got, err)
			}
		}
	}
}

func TestACodeHasItsMarginAndItsColours(t *testing.T) {
	t.Parallel()
	out, err := shown(t, tunnelURL, 80, true)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")[1:]
	for i, line := range lines {
		if !strings.HasPrefix(line, "\x1b[38;5;16;48;5;231m"+strings.Repeat(" ", quiet)) || !strings.HasSuffix(line, strings.Repeat(" ", quiet)+"\x1b[m") {
			t.Errorf("line %d is %q", i, line)
		}
	}
	for _, line := range []string{lines[0], lines[1], lines[len(lines)-2], lines[len(lines)-1]} {
		if strings.Trim(ansi.Strip(line), " ") != "" {
			t.Errorf("a line of the margin is %q", line)
		}
	}
}

func TestACodeThatDoesNotFit(t *testing.T) {
	t.Parallel()
	out, err := shown(t, tunnelURL, 20, true)
	if want := "the QR code of " + tunnelURL + " is 37 columns wide, and this terminal has 20"; err == nil || err.Error() != want || out != "" {
		t.Errorf("error %v, output %q", err, out)
	}
	if out, err := shown(t, tunnelURL, 0, false); err != nil || !strings.Contains(out, "█") {
		t.Errorf("not on a terminal: %v", err)
	}
	if _, err := shown(t, strings.Repeat("x", 3000), 0, false); err == nil || !strings.Contains(err.Error(), "too long for a QR code") {
		t.Errorf("error %v", err)
	}
}
