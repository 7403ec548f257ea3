package ui

import (
	"hash/fnv"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/untrusted"
)

// theme colours text, or leaves it alone where colour is off. Only the sixteen
// colours of the terminal's own palette are used: they are readable on light
// and on dark backgrounds because the user chose them.
//
// It uses x/ansi and not lipgloss: importing the latter starts a `tmux
// info` process at each start of a program inside tmux.
type theme struct{ color bool }

func (t theme) style(s ansi.Style, text string) string {
	if !t.color || text == "" {
		return text
	}
	return s.Styled(text)
}

func (t theme) bold(s string) string  { return t.style(ansi.NewStyle(ansi.AttrBold), s) }
func (t theme) faint(s string) string { return t.style(ansi.NewStyle(ansi.AttrFaint), s) }
func (t theme) good(s string) string  { return t.style(ansi.NewStyle(ansi.AttrGreenForegroundColor), s) }

func (t theme) bad(s string) string { return t.style(ansi.NewStyle(ansi.AttrRedForegroundColor), s) }

func (t theme) notice(s string) string {
	return t.style(ansi.NewStyle(ansi.AttrYellowForegroundColor), s)
}

func (t theme) busy(s string) string { return t.style(ansi.NewStyle(ansi.AttrCyanForegroundColor), s) }

// link makes text clickable (OSC 8) where colour is on; terminals that do not
// know links show the text alone.
func (t theme) link(url, text string) string {
	if !t.color || url == "" {
		return text
	}
	return ansi.SetHyperlink(untrusted.Text(url, false)) + text + ansi.ResetHyperlink()
}

// palette holds the colours of service names. Red and the greys are left out:
// they mean something.
var palette = []ansi.Attr{
	ansi.AttrCyanForegroundColor, ansi.AttrYellowForegroundColor,
	ansi.AttrGreenForegroundColor, ansi.AttrMagentaForegroundColor,
	ansi.AttrBlueForegroundColor, ansi.AttrBrightCyanForegroundColor,
	ansi.AttrBrightYellowForegroundColor, ansi.AttrBrightGreenForegroundColor,
	ansi.AttrBrightMagentaForegroundColor, ansi.AttrBrightBlueForegroundColor,
}

// colors gives each name a colour that is the same at every run: its hash picks
// one, and a name that would share it with an earlier one takes the next.
type colors struct {
	of   map[string]int
	used map[int]bool
}

func (c *colors) pick(name string) ansi.Style {
	if c.of == nil {
		c.of, c.used = map[string]int{}, map[int]bool{}
	}
	at, ok := c.of[name]
	if !ok {
		h := fnv.New32a()
		_, _ = h.Write([]byte(name)) // never fails
		at = int(h.Sum32() % uint32(len(palette)))
		for range palette {
			if !c.used[at] {
				break
			}
			at = (at + 1) % len(palette)
		}
		c.of[name], c.used[at] = at, true
	}
	return ansi.NewStyle(palette[at])
}
