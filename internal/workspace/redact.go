package workspace

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// tokenVariables hold what must never be printed, not even when a program prints
// it in an error.
var tokenVariables = []string{
	"GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN",
	"CODER_SESSION_TOKEN", "CODER_AGENT_TOKEN", "GITPOD_TOKEN", "GITPOD_ACCESS_TOKEN", "ONA_TOKEN", "DAYTONA_API_KEY",
}

// tokenShapes are tokens that can be recognised by their form, in case that one comes
// from a program's own store.
var tokenShapes = lazyregexp.New(`\b(gh[a-z]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)`)

const longestWords = 200

// guarded are tools whose errors hold no token and are one line long.
func (t Tools) guarded() Tools {
	guarded := t
	if t.Env == nil {
		guarded.Env = func(string) string { return "" }
	}
	if t.Run != nil {
		guarded.Run = func(ctx context.Context, argv ...string) (string, error) {
			out, err := t.Run(ctx, argv...)
			return out, guarded.clean(err)
		}
	}
	if t.Do != nil {
		guarded.Do = func(r *http.Request) (*http.Response, error) {
			response, err := t.Do(r)
			return response, guarded.clean(err)
		}
	}
	return guarded
}

// clean gives the error without tokens. Which of our errors it is can still be
// asked; nothing else of its tree is left, as that would hold the words.
func (t Tools) clean(err error) error {
	if err == nil {
		return nil
	}
	cleaned := &programError{words: t.redact(err.Error())}
	for _, known := range []error{ErrNoProgram, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			cleaned.cause = known
		}
	}
	return cleaned
}

// programError is what a program said.
type programError struct {
	words string
	cause error
}

func (e *programError) Error() string { return e.words }
func (e *programError) Unwrap() error { return e.cause }

// redact gives the first line of a text, without tokens.
func (t Tools) redact(text string) string {
	for _, name := range tokenVariables {
		if value := t.Env(name); value != "" {
			text = strings.ReplaceAll(text, value, "***")
		}
	}
	text = tokenShapes.ReplaceAllString(text, "***")
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(text); len(runes) > longestWords {
		text = string(runes[:longestWords]) + "…"
	}
	return strings.TrimSpace(text)
}
