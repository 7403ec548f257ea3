package fail

import (
	"context"
	"errors"
)

// Failures takes apart what [errors.Join] joined, and makes an [Error] of
// for any other error.
func Failures(err error) []*Error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Error
		for _, e := range joined.Unwrap() {
			all = append(all, Failures(e)...)
		}
		return all
	}
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok && errors.Is(err, context.Canceled):
		return []*Error{foreign(err, Interrupted, "interrupted")}
	case !ok:
		return []*Error{foreign(err, Failed, err.Error())}
	}
	if err.Error() != e.Error() { // it was wrapped with more text
		around := *e
		around.Message, around.File, around.Line = err.Error(), "", 0
		return []*Error{&around}
	}
	if _, joined := e.Cause.(interface{ Unwrap() []error }); joined && !e.CauseShown { // the cause itself, not what lies below it
		summary := *e
		summary.Cause = nil
		return append(Failures(e.Cause), &summary)
	}
	return []*Error{e}
}

// foreign makes an [Error] of an error of another type, which [errors.Is] still finds.
func foreign(err error, code Code, message string) *Error {
	e := Wrap(err, code, "", "%s", message)
	e.CauseShown = true
	return e
}

// Services are the services that an error, or those that it joins, is about.
func Services(err error) map[string]bool {
	services := map[string]bool{}
	for _, e := range Failures(err) {
		if e.Service != "" {
			services[e.Service] = true
		}
	}
	return services
}
