package execcmd

import (
	"io"
	"sync/atomic"
	"time"
)

// silence is how long nothing may come of a process that has ended until there is nothing
// more to come. The engine does not always end the stream: not of one that was connected
// to at the moment of its end, and not of each with a terminal.
const silence = 2 * time.Second

// listener notes since when a stream is waited for. While a user still prints what came
// before, which may take long, it is not waited for.
type listener struct {
	from  io.Reader
	since atomic.Pointer[time.Time]
}

func (l *listener) Read(p []byte) (int, error) {
	now := time.Now()
	l.since.Store(&now)
	defer l.since.Store(nil)
	return l.from.Read(p)
}

func (l *listener) silent() bool {
	since := l.since.Load()
	return since != nil && time.Since(*since) >= silence
}

// drain waits until all is out that a process printed which has ended. A nil channel
// says that it is. How the stream ends does not matter: the exit code is the result.
func (t attachment) drain(streamed <-chan error) {
	if streamed == nil {
		return
	}
	look := time.NewTicker(silence / 20)
	defer look.Stop()
	for ended := time.Now(); ; {
		select {
		case <-streamed: //nolint:errcheck // see above
			return
		case <-look.C:
			if t.output.silent() && time.Since(ended) >= silence {
				return
			}
		}
	}
}
