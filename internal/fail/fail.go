// Package fail is the error that a user can act on: what is wrong, where, what
// to do next, and a stable code. Package cli is the only place that prints one
// and that turns its [Code] into the exit code of the process.
package fail

import (
	"errors"
	"fmt"
	"strings"
)

// Code names a kind of failure. It is stable: it appears in --json output and
// in the documentation, and scripts may compare it.
type Code string

// The codes. Each has its exit code in [Code.Exit].
const (
	Failed            Code = "failed"              // nothing more special applies
	Usage             Code = "usage"               // wrong flags or arguments
	Config            Code = "config"              // a project or settings file is wrong
	NoProject         Code = "no-project"          // no devup.yaml or compose file here or above
	NothingFound      Code = "nothing-found"       // init found no service
	UnknownService    Code = "unknown-service"     // an argument names no service of the project
	NeedsAnswer       Code = "needs-answer"        // a question without a terminal and without --yes
	NoEngine          Code = "no-engine"           // no container engine can be reached
	EngineDenied      Code = "engine-denied"       // the engine's socket is there, but not for this user
	EngineTooOld      Code = "engine-too-old"      // the engine speaks no API version that devup speaks
	EngineGone        Code = "engine-gone"         // the engine was there, and went away during the work
	BuildFailed       Code = "build-failed"        // an image could not be built
	ImageMissing      Code = "image-missing"       // an image could not be pulled
	PushFailed        Code = "push-failed"         // an image could not be pushed
	PortTaken         Code = "port-taken"          // a host port is held by another program
	Exited            Code = "exited"              // a service's container stopped
	NotListening      Code = "not-listening"       // nothing listens on the service's port
	ListensOnLoopback Code = "listens-on-loopback" // only 127.0.0.1 inside the container is listened on
	ServerError       Code = "server-error"        // the service answers with a status of 500 or more
	Unhealthy         Code = "unhealthy"           // the service's own healthcheck fails
	NoAnswer          Code = "no-answer"           // it listens, but does not answer
	NotReady          Code = "not-ready"           // several services failed, each for its own reason
	SetupFailed       Code = "setup-failed"        // a step of x-devup.setup ended badly
	DataLoss          Code = "data-loss"           // the step would lose data and the user did not agree
	Denied            Code = "denied"              // a file or directory may not be read or written
	DiskFull          Code = "disk-full"           // no space left
	NoProgram         Code = "no-program"          // a command names a program that the container has not
	NotExecutable     Code = "not-executable"      // a command names what the container cannot run
	Interrupted       Code = "interrupted"         // the user stopped the command
)

// Exit is the exit code of the process for the failure.
func (c Code) Exit() int {
	switch c {
	case Usage, Config, NoProject, NothingFound, UnknownService, NeedsAnswer:
		return 2
	case Exited, NotListening, ListensOnLoopback, ServerError, Unhealthy, NoAnswer, NotReady:
		return 3
	case NoEngine, EngineDenied, EngineTooOld, EngineGone:
		return 4
	case BuildFailed:
		return 5
	case NotExecutable: // 126 and 127 as of every shell, and of docker
		return 126
	case NoProgram:
		return 127
	case Interrupted:
		return 130
	default:
		return 1
	}
}

// Error is a failure that the user can act on. The zero value is not useful;
// use [New] or [Wrap]. A value is immutable once it is returned.
type Error struct {
	Code       Code
	Message    string   // one sentence: what is wrong and where; lower case, no full stop
	Hint       string   // what to do next, or empty
	Reason     string   // stable name of the likely cause, such as "module-missing"; empty where nothing is known
	Service    string   // the service it is about, or empty
	File       string   // the file that is at fault, or empty
	Line       int      // its line, counted from 1; 0 for none
	Frame      Frame    // where the user's own program failed, which the message names; zero for nowhere
	Lines      []string // evidence: the last lines of a log or of a build, oldest first
	Cause      error    // what led to it, or nil; its text is not part of Message
	CauseShown bool     // Message says all that the Cause says, in other words: it is not shown
}

// Frame is a line of a file.
type Frame struct {
	File string
	Line int
}

// New makes an error whose message is formatted as by [fmt.Sprintf].
func New(code Code, hint, format string, args ...any) *Error {
	return &Error{Code: code, Hint: hint, Message: fmt.Sprintf(format, args...)}
}

// Wrap is [New] with a cause, which [errors.Is] and [errors.As] then find.
func Wrap(cause error, code Code, hint, format string, args ...any) *Error {
	return &Error{Code: code, Hint: hint, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// Error is "file:line: message", without the parts that are empty.
func (e *Error) Error() string {
	switch {
	case e.File != "" && e.Line > 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message)
	case e.File != "":
		return e.File + ": " + e.Message
	default:
		return e.Message
	}
}

// Next is the command of devup to run next: the one that the hint names, else the one that shows
// more of the service. It is empty where there is none.
func (e *Error) Next() string {
	if _, rest, found := strings.Cut(e.Hint, "`devup "); found {
		command, _, _ := strings.Cut(rest, "`")
		return "devup " + command
	}
	if e.Service != "" && e.Code.Exit() == NotReady.Exit() {
		return "devup inspect " + e.Service
	}
	return ""
}

// Unwrap gives the cause, or nil.
func (e *Error) Unwrap() error { return e.Cause }

// CodeOf is the code of the first [Error] in err's tree, or [Failed] when there
// is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Failed
}
