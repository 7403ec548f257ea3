package show

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/untrusted"
)

// maxLeftOut is how many directories are named; a repository of many is no reading matter.
const maxLeftOut = 5

// LeftOut names the directories that look like a service and were not taken, a line each.
func LeftOut(env *command.Env, rejected []detect.Rejection) {
	named, more := 0, 0
	for _, r := range rejected {
		switch {
		case !r.Expected:
		case named == maxLeftOut:
			more++
		default:
			named++
			env.UI.Text("not taken: " + directoryName(r.Dir) + ": " + r.Why)
		}
	}
	if more > 0 {
		env.UI.Text(fmt.Sprintf("not taken: %d more, `devup init --explain` lists them", more))
	}
}

func directoryName(dir string) string {
	if dir == "." {
		return "the top directory"
	}
	return untrusted.Name(dir)
}

// Unprepared says, in a directory without a project, what init would find there. It is silent
// at the top of the disk and in the user's home, which are no repositories.
func Unprepared(env *command.Env) {
	dir, err := filepath.Abs(env.Flags.Dir)
	if err != nil || dir == filepath.Dir(dir) || dir == env.Home() {
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return
	}
	defer root.Close()
	repository, err := detect.Scan(untrusted.FS(root))
	if err != nil {
		return
	}
	var names []string
	for _, s := range repository.Services {
		names = append(names, s.Name+" ("+s.Framework+")")
	}
	if len(names) > 0 {
		env.Say("`devup init` would set up " + strings.Join(names, ", "))
	}
	LeftOut(env, repository.Rejected)
}
