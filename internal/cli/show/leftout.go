package show

import (
	"fmt"

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
