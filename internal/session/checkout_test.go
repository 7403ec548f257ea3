package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/setup"
)

// TestForgotten: one sentence says what is not remembered, and why.
func TestForgotten(t *testing.T) {
	t.Parallel()
	const cannot = "devup cannot remember ports and setup steps in .devup: %s; steps run again at the next `devup up`"
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"full disk", &fs.PathError{Op: "write", Path: ".half-state.json-1", Err: syscall.ENOSPC}, fmt.Sprintf(cannot, syscall.ENOSPC)},
		{"read-only", fmt.Errorf("make it: %w", &os.LinkError{Op: "rename", Err: fs.ErrPermission}), fmt.Sprintf(cannot, fs.ErrPermission)},
		{"another", errors.New("boom"), fmt.Sprintf(cannot, "boom")},
		{"refused", &checkout.Refused{Name: ".devup", Why: "is a symbolic link", Do: "remove it"}, ".devup is a symbolic link, so devup neither reads nor writes there: remove it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := forgotten(test.err); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestSetupThatCannotBeKept: steps that run again the next time are told of once.
func TestSetupThatCannotBeKept(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	var notes []string
	env := NewEnv(Env{
		Process: Process{LookupEnv: func(name string) (string, bool) { return state, name == "XDG_STATE_HOME" }},
		Sink:    func(e event.Event) { notes = append(notes, e.Text) },
	})
	s := &Session{Env: env, Project: &project.Project{Project: &types.Project{Name: "shop", WorkingDir: filepath.Join(t.TempDir(), "gone")}}}
	memory := s.SetupMemory()
	for _, name := range []string{"migrate", "seed"} {
		memory.Keep(t.Context(), setup.Step{Service: "web", Name: name, Mark: setup.Mark{Command: "1"}})
	}
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "devup cannot remember ports and setup steps in .devup: ") {
		t.Errorf("got notes %q, want one about what cannot be remembered", notes)
	}
}
