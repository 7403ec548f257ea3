package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	exclusive = lazyregexp.New(`none of the others can be; \[(.+)\] were all set`)
	counted   = lazyregexp.New(`^(?:accepts|requires) (?:(at least|at most) )?(?:between )?(\d+(?: and \d+)?) arg\(s\), (?:only )?received (\d+)$`)
	surplus   = lazyregexp.New(`^unknown command ("(?:[^"\\]|\\.)*") for `)
)

// UsageError says in our words what cobra found wrong with the arguments.
func UsageError(c *cobra.Command, err error) *fail.Error {
	text, hint := FirstLine(err.Error()), "see `"+c.CommandPath()+" --help`"
	if m := exclusive.FindStringSubmatch(text); m != nil {
		text = "--" + strings.Join(strings.Fields(m[1]), " and --") + " exclude each other"
	} else if m := counted.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s: wrong number of arguments: needs %s, got %s", c.CommandPath(), strings.TrimSpace(m[1]+" "+m[2]), m[3])
		hint = "write `" + c.UseLine() + "`"
	} else if m := surplus.FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("%s takes no arguments, and %s is one", c.CommandPath(), m[1])
	}
	return fail.New(fail.Usage, hint, "%s", text)
}

// badValue says which value a flag wants, where it is not the one given.
func badValue(c *cobra.Command, e *pflag.InvalidValueError) *fail.Error {
	kind, hint := "a "+e.GetFlag().Value.Type(), "see `"+c.CommandPath()+" --help`"
	switch e.GetFlag().Value.Type() {
	case "duration":
		hint = "for example 90s or 5m"
	case "int":
		kind = "a number"
	case "bool":
		kind = "true or false"
	}
	return fail.New(fail.Usage, hint, "--%s needs %s, not %q", e.GetFlag().Name, kind, e.GetValue())
}

// EngineTimes are the values of --since and --until as times of one clock reading.
func EngineTimes(since, until string) (from, to string, err error) {
	now := time.Now()
	from, errSince := engineTime("since", since, now)
	to, errUntil := engineTime("until", until, now)
	return from, to, errors.Join(errSince, errUntil)
}

// engineTime is the value of a flag that names a time, in a form that the engine takes: a
// date, a time, seconds since 1970, or a duration back from now. Empty stays empty.
// Durations become times here, because the engine's client cuts them to whole seconds: an
// event of the current second would not be among those until "0s".
func engineTime(flag, value string, now time.Time) (string, error) {
	if value == "" || unixTime.MatchString(value) {
		return value, nil
	}
	if d, err := time.ParseDuration(value); err == nil {
		return now.Add(-d).UTC().Format(time.RFC3339Nano), nil
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02T15",
		"2006-01-02T15:04Z07:00", "2006-01-02T15Z07:00", "2006-01-02Z07:00", time.DateOnly,
	} {
		if _, err := time.Parse(layout, value); err == nil {
			return value, nil
		}
	}
	return "", fail.New(fail.Usage, "for example 10m, or 2006-01-02T15:04:05", "--%s needs a time or a duration, not %q", flag, value)
}

var unixTime = lazyregexp.New(`^\d+(\.\d{1,9})?$`)
