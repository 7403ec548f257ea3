package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/plan"
)

// explain turns the engine's error into a sentence about the operation. An error
// that already is one passes.
func explain(err error, op plan.Op) error {
	if _, ok := errors.AsType[*fail.Error](err); ok {
		return err
	}
	cause := diagnose.ExplainError(diagnose.Start, err)
	if cause.Reason == "" {
		return fmt.Errorf("%s %s: %w", op.Action, op.Name, err)
	}
	f := fail.Wrap(err, fail.Exited, cause.Hint, "%s cannot start: %s", op.Service, cause.Sentence)
	f.Service, f.Reason, f.CauseShown = op.Service, cause.Reason, true
	switch cause.Reason {
	case diagnose.DiskFull:
		f.Code, f.Message, f.CauseShown = fail.DiskFull, fmt.Sprintf("%s %s: %s", op.Action, op.Name, cause.Sentence), false
	case diagnose.PortTaken:
		port, _ := strconv.Atoi(cause.Names["port"]) // five digits are a number
		f.Code, f.Cause = fail.PortTaken, &TakenPort{Port: port, cause: err}
	case diagnose.ImageMissing:
		f.Code, f.Message = fail.ImageMissing, fmt.Sprintf("the image of %s does not exist: %s", op.Service, cause.Lines[0])
	case diagnose.MountKind:
		f.Code = fail.Config
	case diagnose.MountMissing:
		f.Code = fail.Failed
		if source := cause.Names["source"]; absent(source) {
			f.Code, f.Message = fail.Config, fmt.Sprintf("%s mounts %s, which does not exist", op.Service, source)
			f.Hint = "create it; what holds a secret is often left out of a repository"
		}
	}
	return f
}

// TakenPort is the cause of a [fail.Error] with the code PortTaken: the engine could not
// bind a host port that a container publishes.
type TakenPort struct {
	Port  int // 0 where the engine does not say it
	cause error
}

// Error is the engine's own text.
func (t *TakenPort) Error() string { return t.cause.Error() }

// Unwrap gives the engine's own error.
func (t *TakenPort) Unwrap() error { return t.cause }

// absent says that there is nothing of that name on this machine.
func absent(name string) bool {
	_, err := os.Lstat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// endpointName finds a container's name in the engine's error about a network in use.
var endpointName = lazyregexp.New(`name:"([^"]+)"`)

// usersOf names the containers that keep a network from being removed: those of another
// project, as this one's are gone by then. Empty for any other error.
func usersOf(err error) string {
	if diagnose.ExplainError(diagnose.Change, err).Reason != diagnose.NetworkInUse {
		return ""
	}
	var names []string
	for _, found := range endpointName.FindAllStringSubmatch(err.Error(), -1) {
		names = append(names, found[1])
	}
	if len(names) == 0 { // engines before 27 do not name them
		return "other containers"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
