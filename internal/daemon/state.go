package daemon

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/untrusted"
)

// State is what a process writes down when it serves. The file stays when the process is
// ended, so that the next one knows what it served; [Manager.End] removes it.
type State[C any] struct {
	Config  C      `json:"config"`
	Control string `json:"control"` // where the process takes control requests: "unix:/path", or "127.0.0.1:1234"
	Token   string `json:"token"`   // clients must send it
	PID     int    `json:"pid"`
	Version string `json:"version"` // of devup
}

// maxState is the most that is read of a state or a config, in bytes. A gateway with a thousand
// routes fills a tenth of it.
const maxState = 1 << 20

// readState reads a state file. The error of one that does not exist is [fs.ErrNotExist];
// of one that says nothing of use, errNoState.
func readState[C any](file string) (s State[C], err error) {
	content, err := untrusted.ReadFile(file, maxState)
	if err != nil {
		return State[C]{}, err
	}
	if json.Unmarshal(content, &s) != nil || s.Control == "" {
		return State[C]{}, errNoState
	}
	return s, nil
}

var errNoState = errors.New("the file holds no state of a process")

// write puts the state into the file at once, readable by its owner alone.
func (s State[C]) write(file string) error {
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := atomicfile.Replace(file, content); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}
