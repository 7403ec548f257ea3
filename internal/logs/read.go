package logs

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// maxLine is the longest line in bytes that is passed on whole; the rest of a
// longer one follows as further lines.
const maxLine = 64 << 10

// maxStamp is the longest timestamp with the space after it, and more.
const maxStamp = 40

// chunkSize is how much of a long line the engine stores as one message. Each message has
// a timestamp of its own when it is read back.
const chunkSize = 16 << 10

// entry is one line that a container printed.
type entry struct {
	at     time.Time // zero where the engine gave none
	stamp  string    // at, as the engine wrote it
	stream string    // "stdout" or "stderr"
	text   string
}

// read takes a stream of logs with timestamps apart and hands each line to emit,
// until the stream ends or emit returns an error. A container with a TTY sends
// plain lines, any other sends frames: since the engine writes a timestamp first,
// the first byte says which.
func read(r io.Reader, emit func(entry) error) error {
	in := bufio.NewReaderSize(r, 32<<10)
	first, err := in.Peek(1)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	case first[0] <= systemError:
		return readFrames(in, emit)
	}
	return readRaw(in, emit)
}

// The stream numbers of frames.
const (
	standardError = 2
	systemError   = 3
)

// readFrames reads frames: a stream number, three zeros, a length of four bytes,
// and as many bytes, which begin with the timestamp of the message.
func readFrames(in *bufio.Reader, emit func(entry) error) error {
	out, errs := assembler{stream: "stdout", emit: emit}, assembler{stream: "stderr", emit: emit}
	var header [8]byte
	for {
		if _, err := io.ReadFull(in, header[:]); err != nil {
			if cut := cutShort(err); cut != nil {
				return cut
			}
			return errors.Join(out.end(), errs.end())
		}
		if header[0] > systemError || header[1]|header[2]|header[3] != 0 {
			return fmt.Errorf("log stream has an unknown frame header % x", header)
		}
		body := &io.LimitedReader{R: in, N: int64(binary.BigEndian.Uint32(header[4:]))}
		if header[0] == systemError {
			text, _ := io.ReadAll(io.LimitReader(body, maxLine)) // the engine's message says more than a read error
			return fmt.Errorf("engine: %s", bytes.TrimSpace(text))
		}
		to := &out
		if header[0] == standardError {
			to = &errs
		}
		if err := readFrame(in, body, to); err != nil {
			return err
		}
	}
}

// readFrame reads the body of one frame; in is the reader below body.
func readFrame(in *bufio.Reader, body *io.LimitedReader, to *assembler) error {
	head, err := in.Peek(int(min(body.N, maxStamp)))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	at, stamp := timestamp(head)
	if stamp != "" {
		skipped, _ := in.Discard(len(stamp) + 1) // cannot fail: these bytes were peeked
		body.N -= int64(skipped)
	}
	to.begin(at, stamp)
	var part [4096]byte
	for body.N > 0 {
		n, err := body.Read(part[:])
		if err := to.write(part[:n]); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil // the next header will not be there either
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readRaw reads the lines of a container with a TTY: a timestamp, then the line.
// Of a line longer than a chunk each chunk begins with the timestamp again.
func readRaw(in *bufio.Reader, emit func(entry) error) error {
	out := assembler{stream: "stdout", emit: emit}
	column := 0 // bytes of the line so far, without timestamps
	for {
		if column%chunkSize == 0 {
			at, stamp := timestamp(firstWord(in))
			if stamp != "" && (column == 0 || stamp == out.stamp) {
				_, _ = in.Discard(len(stamp) + 1) // cannot fail: these bytes were peeked
				out.begin(at, stamp)
			}
		}
		if _, err := in.Peek(1); err != nil {
			if cut := cutShort(err); cut != nil {
				return cut
			}
			return out.end()
		}
		part, _ := in.Peek(min(in.Buffered(), chunkSize-column%chunkSize)) // cannot fail: they are buffered
		column += len(part)
		if end := bytes.IndexByte(part, '\n'); end >= 0 {
			part, column = part[:end+1], 0
		}
		if err := out.write(part); err != nil {
			return err
		}
		_, _ = in.Discard(len(part)) // cannot fail: these bytes were peeked
	}
}

// firstWord peeks up to the first space, waiting for no more than it takes to
// see that it is there or that it is not.
func firstWord(in *bufio.Reader) []byte {
	for {
		head, _ := in.Peek(min(in.Buffered(), maxStamp)) // cannot fail: they are buffered
		if len(head) == maxStamp || bytes.ContainsAny(head, " \n") {
			return head
		}
		if _, err := in.Peek(len(head) + 1); err != nil {
			return head
		}
	}
}

// cutShort is nil for an error that is the end of a stream.
func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// timestamp parses the time that a message begins with, up to a space.
func timestamp(head []byte) (time.Time, string) {
	end := bytes.IndexByte(head, ' ')
	if end < len("2006-01-02T15:04:05Z") {
		return time.Time{}, ""
	}
	stamp := string(head[:end])
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return time.Time{}, ""
	}
	return at, stamp
}

// assembler makes lines of the pieces in which one stream comes.
type assembler struct {
	stream string
	emit   func(entry) error
	at     time.Time
	stamp  string
	line   []byte
}

// begin notes the time of the message that follows. A line that is not complete
// keeps the time of its first piece.
func (a *assembler) begin(at time.Time, stamp string) {
	if len(a.line) == 0 {
		a.at, a.stamp = at, stamp
	}
}

// write adds a piece and emits the lines that it completes.
func (a *assembler) write(p []byte) error {
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		piece := p
		if end >= 0 {
			piece = p[:end]
		}
		if room := maxLine - len(a.line); len(piece) > room {
			a.line = append(a.line, piece[:room]...)
			p = p[room:]
			if err := a.emitPart(); err != nil {
				return err
			}
			continue
		}
		a.line = append(a.line, piece...)
		if end < 0 {
			return nil
		}
		p = p[end+1:]
		if err := a.emitLine(); err != nil {
			return err
		}
	}
	return nil
}

// emitPart emits what there is of a line that is too long, without cutting a
// character in two.
func (a *assembler) emitPart() error {
	end := len(a.line)
	for back := 1; back < utf8.UTFMax && back < end; back++ {
		if c := a.line[end-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(a.line[end-back:]) {
				end -= back
			}
			break
		}
	}
	text := string(a.line[:end])
	a.line = append(a.line[:0], a.line[end:]...)
	return a.emit(entry{a.at, a.stamp, a.stream, text})
}

// emitLine emits a complete line. What a carriage return would have written
// over is dropped, as on a terminal: of a progress bar the last state stays.
func (a *assembler) emitLine() error {
	line := bytes.TrimRight(a.line, "\r")
	line = line[bytes.LastIndexByte(line, '\r')+1:]
	text := string(line)
	a.line = a.line[:0]
	return a.emit(entry{a.at, a.stamp, a.stream, text})
}

// end emits what is left when the stream has ended without a line end.
func (a *assembler) end() error {
	if len(a.line) == 0 {
		return nil
	}
	return a.emitLine()
}
