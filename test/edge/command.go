package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Call is one run of a platform's command.
type Call struct {
	Args  []string // the first one is its name: gp, gh, gitpod
	Token bool     // GH_TOKEN or GITHUB_TOKEN was set
}

// Answer is what the command prints and how it ends.
type Answer struct {
	Out, Err string
	Code     int
	Wrong    bool // the real command does not know such arguments
}

// Socket is the name of the socket that lies next to the commands.
const Socket = "edge.sock"

var (
	numbers = regexp.MustCompile(`[0-9]+`)
	// commands are the names that the one program has.
	commands = []string{"gp", "gh", "gitpod"}
)

// Install puts the commands of all platforms into a directory, and serves them there. The
// directory's path must be short, as those of sockets are.
func (e *Edge) Install(ctx context.Context, dir string) error {
	program := filepath.Join(dir, "platform")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/devup-cli/devup/test/edge/platform")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the platforms' commands: %w\n%s", err, out)
	}
	for _, name := range commands {
		if err := os.Symlink("platform", filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", filepath.Join(dir, Socket))
	if err != nil {
		return err
	}
	e.serve(&http.Server{Handler: http.HandlerFunc(e.control), ReadHeaderTimeout: 10 * time.Second}, listener)
	return nil
}

func (e *Edge) control(w http.ResponseWriter, r *http.Request) {
	var c Call
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil || len(c.Args) == 0 {
		http.Error(w, "no call", http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(e.Run(c))
}

// Run does what a command does, and remembers that it was run.
func (e *Edge) Run(c Call) Answer {
	a := e.workspace.run(c)
	e.mu.Lock()
	defer e.mu.Unlock()
	line := strings.Join(c.Args, " ")
	e.calls = append(e.calls, line)
	if a.Wrong {
		e.wrong = append(e.wrong, line)
	}
	return a
}

// wrong refuses arguments that the real command does not know.
func wrong(format string, args ...any) Answer {
	return Answer{Err: fmt.Sprintf(format, args...) + "\n", Code: 2, Wrong: true}
}

// missing is what a shell says of a command that the platform does not have.
func missing(name string) Answer {
	return Answer{Err: name + ": command not found\n", Code: 127, Wrong: true}
}

// cut takes the flags of these names, each with a value, out of the arguments. Names that
// mean the same are one entry: "-c --codespace". A flag that is not named is refused.
func cut(args []string, names ...string) (values map[string]string, rest []string, err error) {
	values = map[string]string{}
	for i := 0; i < len(args); i++ {
		if !strings.HasPrefix(args[i], "-") {
			rest = append(rest, args[i])
			continue
		}
		name, value, joined := strings.Cut(args[i], "=")
		at := slices.IndexFunc(names, func(n string) bool { return slices.Contains(strings.Fields(n), name) })
		if at < 0 {
			return nil, nil, fmt.Errorf("unknown flag: %s", name)
		}
		if !joined {
			if i++; i == len(args) {
				return nil, nil, fmt.Errorf("flag needs an argument: %s", name)
			}
			value = args[i]
		}
		values[names[at]] = value
	}
	return values, rest, nil
}

// portNumber reads the number of a port.
func portNumber(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0 && n < 1<<16
}
