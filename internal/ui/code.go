package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"rsc.io/qr"

	"github.com/devup-cli/devup/internal/fail"
)

// quiet is the light margin that readers of codes need, in modules (ISO/IEC 18004).
const quiet = 4

// Code prints a text as a QR code to stdout, and before it as text. It fails with
// [fail.Failed] where the terminal is too narrow or the text too long for one.
func (u *UI) Code(text string) error {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return fail.Wrap(err, fail.Failed, "", "%q is too long for a QR code", text)
	}
	if width := code.Size + 2*quiet; u.streams.OutTTY {
		if columns, _ := u.streams.Size(); columns > 0 && columns < width {
			return fail.New(fail.Failed, "make it wider, or type the URL", "the QR code of %s is %d columns wide, and this terminal has %d", text, width, columns)
		}
	}
	u.Text(text)
	u.Raw([]byte(codeLines(code, u.streams.theme(toOut))))
	return nil
}

// contrast is black on white, whatever the user's palette maps them to: a code in
// colours that are near each other, or light on dark, is not read by every phone.
var contrast = ansi.NewStyle().ForegroundColor(ansi.IndexedColor(16)).BackgroundColor(ansi.IndexedColor(231))

// codeLines draws two rows of modules in each line. Without colour the light modules
// are drawn, because most terminals are dark.
func codeLines(code *qr.Code, theme theme) string {
	blocks := [2][2]string{{" ", "▄"}, {"▀", "█"}} // by upper and lower half
	var b strings.Builder
	drawn := func(x, y int) int {
		dark := code.Black(x, y) // false outside of it
		if dark == theme.color {
			return 1
		}
		return 0
	}
	for y := -quiet; y < code.Size+quiet; y += 2 {
		var line strings.Builder
		for x := -quiet; x < code.Size+quiet; x++ {
			line.WriteString(blocks[drawn(x, y)][drawn(x, y+1)])
		}
		b.WriteString(theme.style(contrast, line.String()) + "\n")
	}
	return b.String()
}
