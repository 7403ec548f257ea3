package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/devup-cli/devup/internal/atomicfile"
	"github.com/devup-cli/devup/internal/untrusted"
)

// State is what a gateway's process writes down when it serves. The file stays when the
// process is ended, so that the next one gets the same port; it is removed with the
// containers.
type State struct {
	Config
	Control string `json:"control"` // where the process takes control requests: "unix:/path", or "127.0.0.1:1234"
	Token   string `json:"token"`   // clients must send it
	PID     int    `json:"pid"`
	Version string `json:"version"` // of devup
}

// maxState is the most that is read of a state or a config, in bytes. A thousand routes
// fill a tenth of it.
const maxState = 1 << 20

// Port is the port that the gateway listens on; 0 where nothing is known.
func (s State) Port() int {
	_, port, _ := net.SplitHostPort(s.Listen)
	n, _ := strconv.Atoi(port)
	return n
}

// readState reads a state file. The error of one that does not exist is [fs.ErrNotExist];
// of one that says nothing of use, errNoState.
func readState(file string) (State, error) {
	content, err := untrusted.ReadFile(file, maxState)
	if err != nil {
		return State{}, err
	}
	var s State
	if json.Unmarshal(content, &s) != nil || s.Port() == 0 {
		return State{}, errNoState
	}
	return s, nil
}

var errNoState = errors.New("the file holds no state of a gateway")

// write puts the state into the file at once, readable by its owner alone.
func (s State) write(file string) error {
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := atomicfile.Replace(file, content); err != nil {
		return fmt.Errorf("write the gateway's state: %w", err)
	}
	return nil
}
