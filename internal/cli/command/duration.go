package command

import (
	"errors"
	"strconv"
	"time"
)

// Duration is a flag for a duration that also takes whole seconds, as Compose writes them.
type Duration time.Duration

// NewDuration is a flag with a default.
func NewDuration(d time.Duration) *Duration { flag := Duration(d); return &flag }

// String is the duration as the flag's help shows it.
func (s *Duration) String() string { return time.Duration(*s).String() }

// Set reads "90s", "5m" or "90".
func (s *Duration) Set(text string) error {
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		*s = Duration(time.Duration(seconds) * time.Second)
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("no duration")
	}
	*s = Duration(d)
	return nil
}

// Type is the type that settings of a duration are bound by.
func (s *Duration) Type() string { return "duration" }
