package watch

import "io"

// pipeWriter is where an archive is written to.
type pipeWriter = io.PipeWriter

// pipe is a reader of what a function writes meanwhile.
type pipe struct {
	*io.PipeReader
	done   chan struct{}
	sent   int
	unread map[string]any
}

func newPipe(write func(*pipeWriter) (int, map[string]any, error)) *pipe {
	r, w := io.Pipe()
	p := &pipe{PipeReader: r, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		var err error
		p.sent, p.unread, err = write(w)
		_ = w.CloseWithError(err) // nil is the end
	}()
	return p
}

// finish stops the writer, if it is not done, and gives what it did.
func (p *pipe) finish() (sent int, unread map[string]any) {
	_ = p.Close()
	<-p.done
	return p.sent, p.unread
}
