package ui

import (
	"strconv"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
)

// screen is a small terminal: it understands what the live region sends (line
// ends, cursor up, clear a line, colours, links), wraps at its right edge
// and scrolls. All other output is kept in unknown.
type screen struct {
	mu       sync.Mutex
	columns  int
	rows     int
	lines    []string // from the first line ever written; the last rows of them are visible
	row, col int      // of the cursor; row counts in lines
	unknown  []string
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, state := string(p), byte(0)
	for text != "" {
		seq, width, n, next := ansi.DecodeSequence(text, state, nil)
		text, state = text[n:], next
		s.take(seq, width)
	}
	return len(p), nil
}

func (s *screen) take(seq string, width int) {
	count := func(final string) int {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(seq, "\x1b["), final))
		if err != nil {
			return 1
		}
		return n
	}
	switch {
	case width > 0:
		if s.col+width > s.columns {
			s.row, s.col = s.row+1, 0
		}
		s.put(seq, width)
	case seq == "\n":
		s.row, s.col = s.row+1, 0
	case seq == "\r":
		s.col = 0
	case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "A"):
		// A real terminal does not go above its first visible row either.
		s.row = max(s.row-count("A"), len(s.lines)-s.rows, 0)
	case seq == "\x1b[2K":
		s.lines[s.row] = ""
	case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"), strings.HasPrefix(seq, "\x1b]8;"):
	default:
		s.unknown = append(s.unknown, seq)
	}
	for s.row >= len(s.lines) {
		s.lines = append(s.lines, "")
	}
}

func (s *screen) put(seq string, width int) {
	for s.row >= len(s.lines) {
		s.lines = append(s.lines, "")
	}
	line := s.lines[s.row]
	s.lines[s.row] = pad(cut(line, s.col), s.col) + seq + ansi.TruncateLeft(line, s.col+width, "")
	s.col += width
}

func cut(s string, columns int) string { return ansi.Truncate(s, columns, "") }

// text is all that was ever on the screen, scrolled off or not, down to the
// cursor.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lines[min(s.row+1, len(s.lines)):] {
		if l != "" {
			s.unknown = append(s.unknown, "text below the cursor: "+l)
		}
	}
	return strings.TrimRight(strings.Join(s.lines, "\n"), "\n") + "\n"
}
