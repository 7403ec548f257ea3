package tunnel

import (
	"bytes"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

const (
	longest = 4096 // bytes of a line that are read; the rest of it says nothing of a URL
	kept    = 8    // last lines that are kept
)

// output takes what a program prints, gives each line to onLine, and keeps the last ones,
// without secrets. It is safe for concurrent use; onLine is called with the lock held.
type output struct {
	onLine  func(line string)
	secrets []string

	mu      sync.Mutex
	partial []byte // of a line
	last    []string
}

// Write never fails.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte("\n"))
		o.partial = append(o.partial, part[:min(len(part), longest-len(o.partial))]...)
		if rest = after; ended {
			o.line(strings.TrimRight(string(o.partial), "\r"))
			o.partial = o.partial[:0]
		}
	}
	return len(p), nil
}

func (o *output) line(text string) {
	o.onLine(text)
	if shown := strings.TrimSpace(masked(text, o.secrets)); shown != "" {
		o.last = append(o.last, shown)
		o.last = o.last[max(0, len(o.last)-kept):]
	}
}

// lines are the last ones, with what has been begun of the next.
func (o *output) lines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.partial) > 0 {
		o.line(string(o.partial))
		o.partial = o.partial[:0]
	}
	return append([]string{}, o.last...)
}

// named is what follows the name of a secret: ngrok repeats a token that it does not
// like, also one from its own config file.
var named = lazyregexp.New(`(?i)((?:auth|access)?[-_ ]?token"?\s*[:=]\s*"?)[^\s",]+`)

// masked takes secrets out of a line.
func masked(line string, secrets []string) string {
	for _, secret := range secrets {
		if secret != "" {
			line = strings.ReplaceAll(line, secret, "***")
		}
	}
	return named.ReplaceAllString(line, "${1}***")
}
