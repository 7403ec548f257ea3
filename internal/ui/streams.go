package ui

import "io"

// Streams are the three standard streams and what is known of them.
type Streams struct {
	In  io.Reader
	Out io.Writer // results
	Err io.Writer // everything else

	InTTY, OutTTY, ErrTTY bool // each is a terminal

	OutColor, ErrColor bool // each may carry colour and links

	// Size gives the terminal's columns and rows, asked for again for each frame
	// because people resize windows. Nil means 80 by 24.
	Size func() (columns, rows int)

	// Interrupted tells whether Ctrl-C was pressed, which a terminal shows as ^C in the line
	// of the cursor. Nil means that it never is.
	Interrupted func() bool
}

// stream names one of the two output streams.
type stream int

const (
	toOut stream = iota
	toErr
)

// withDefaults fills what is nil.
func (s Streams) withDefaults() Streams {
	if s.Out == nil {
		s.Out = io.Discard
	}
	if s.Err == nil {
		s.Err = io.Discard
	}
	if s.Interrupted == nil {
		s.Interrupted = func() bool { return false }
	}
	size := s.Size
	s.Size = func() (int, int) {
		columns, rows := 0, 0
		if size != nil {
			columns, rows = size()
		}
		if columns <= 0 {
			columns = 80
		}
		if rows <= 0 {
			rows = 24
		}
		return columns, rows
	}
	return s
}

// proseWidth is where lines that devup says are broken; 0 for nowhere.
func (s Streams) proseWidth() int {
	if !s.ErrTTY {
		return 0
	}
	columns, _ := s.Size()
	return columns
}

// writer is the stream's writer.
func (s Streams) writer(to stream) io.Writer {
	if to == toOut {
		return s.Out
	}
	return s.Err
}

// theme is the theme of one output stream.
func (s Streams) theme(to stream) theme {
	if to == toOut {
		return theme{color: s.OutColor}
	}
	return theme{color: s.ErrColor}
}
