package cli

import (
	"errors"
	"strconv"
	"time"
)

// span is a flag for a duration that also takes whole seconds, as Compose writes them.
type span time.Duration

func newSpan(d time.Duration) *span { s := span(d); return &s }

// String is the duration as the flag's help shows it.
func (s *span) String() string { return time.Duration(*s).String() }

// Set reads "90s", "5m" or "90".
func (s *span) Set(text string) error {
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		*s = span(time.Duration(seconds) * time.Second)
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("no duration")
	}
	*s = span(d)
	return nil
}

// Type is the type that settings of a duration are bound by.
func (s *span) Type() string { return "duration" }
