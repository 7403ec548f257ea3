package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/containerd/errdefs"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/plan"
)

// portInUse finds the port in the engine's words for a host port that somebody
// holds; they differ between engine versions and proxies.
var portInUse = lazyregexp.New(`(?i:port is already allocated|address already in use|ports are not available)`)

var boundPort = lazyregexp.New(`(?:0\.0\.0\.0|127\.0\.0\.1|\[?::1?\]?|[\d.]+):(\d{1,5})`)

// unseen is the engine's refusal to mount what is there for devup, which looked or
// made it before: the engine runs elsewhere.
var unseen = lazyregexp.New(`bind source path does not exist: (.+)`)

// explain turns the engine's error into a sentence about the operation. An error
// that already is one passes.
func explain(err error, op plan.Op) error {
	if _, ok := errors.AsType[*fail.Error](err); ok {
		return err
	}
	text := engineText(err)
	told, reason := false, ""
	failure := func(code fail.Code, hint, format string, args ...any) error {
		f := fail.Wrap(err, code, hint, format, args...)
		f.Service, f.Told, f.Reason = op.Service, told, reason
		return f
	}
	switch {
	case portInUse.MatchString(text):
		port, taken := "a port", &TakenPort{cause: err}
		if m := boundPort.FindStringSubmatch(text); m != nil {
			port = "port " + m[1]
			taken.Port, _ = strconv.Atoi(m[1]) // five digits are a number
		}
		told, err = true, taken
		return failure(fail.PortTaken, "run `devup up` again: it looks for a free port", "%s cannot have %s: somebody else holds it", op.Service, port)
	case errdefs.IsNotFound(err) && strings.Contains(strings.ToLower(text), "image"):
		return failure(fail.ImageMissing, "", "the image of %s is not there: %s", op.Service, text)
	case unseen.MatchString(text):
		told = true
		if source := unseen.FindStringSubmatch(text)[1]; absent(source) {
			return failure(fail.Config, "make it; what holds a secret is often left out of a repository", "%s mounts %s, which is not there", op.Service, source)
		}
		return failure(fail.Failed, "the engine must run where the files are, or have this folder shared with the machine that it runs on",
			"the engine does not see %s, which %s mounts", unseen.FindStringSubmatch(text)[1], op.Service)
	case strings.Contains(text, "no space left on device"):
		return failure(fail.DiskFull, "free some space: `docker system prune` removes what nothing uses", "the engine's disk is full: %s %s", op.Action, op.Name)
	case notExecutable.MatchString(text):
		told, reason = true, "not-executable"
		return failure(fail.Exited, "run `chmod +x` on it (`git update-index --chmod=+x` keeps that in git), or start it through its interpreter",
			"%s cannot start: %s is not executable", op.Service, notExecutable.FindStringSubmatch(text)[1])
	case wrongKind.MatchString(text):
		told = true
		mounted := wrongKind.FindStringSubmatch(text)
		return failure(fail.Config, "make both the same; what was not there when it was first mounted is a folder now",
			"%s cannot start: it mounts %s at %s, and one of the two is a folder, the other a file", op.Service, mounted[1], mounted[2])
	case strings.Contains(text, "executable file not found") || strings.Contains(text, "no such file or directory: unknown"):
		told, reason = true, "command-missing"
		if m := noProgram.FindStringSubmatch(text); m != nil {
			text = "its image has no program " + m[1]
		}
		return failure(fail.Exited, "check `command` and `entrypoint` of the service and what the image holds", "%s cannot start: %s", op.Service, text)
	default:
		return fmt.Errorf("%s %s: %w", op.Action, op.Name, err)
	}
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

// noProgram is what runc says of a command that the image lacks.
var noProgram = lazyregexp.New(`exec: "([^"]+)": (?:executable file not found|stat \S+ no such file)`)

// notExecutable is what runc says of a command without the right to be executed.
var notExecutable = lazyregexp.New(`exec: "([^"]+)": permission denied`)

// wrongKind is what runc says of a folder that is mounted onto a file, or the reverse.
var wrongKind = lazyregexp.New(`error mounting "([^"]+)" to rootfs at "([^"]+)".*not a directory`)

// endpointName is a container's name in the engine's words for a network in use.
var endpointName = lazyregexp.New(`name:"([^"]+)"`)

// others names the containers that keep a network from being removed: those of
// another project, as this one's are gone by then. Empty for any other error.
func others(err error) string {
	if err == nil || !strings.Contains(err.Error(), "has active endpoints") {
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

// engineText is the engine's sentence without its prefixes.
func engineText(err error) string {
	return strings.TrimPrefix(err.Error(), "Error response from daemon: ")
}
