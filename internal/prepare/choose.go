package prepare

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Choose asks which of the files in a directory is the project's, where none has a name
// that is looked for. It is empty where the answer names none.
func Choose(ctx context.Context, ask Asker, files []string) (string, error) {
	ask.Say("no file here has a standard name, but these may be meant:")
	for i, name := range files {
		ask.Say(fmt.Sprintf("  %d  %s", i+1, untrusted.Name(name)))
	}
	question := fmt.Sprintf("which one? [1-%d] ", len(files))
	if len(files) == 1 {
		question = "use it? [1] "
	}
	answer, err := ask.Answer(ctx, question, false)
	if err != nil {
		return "", err
	}
	chosen := ""
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(files) {
		chosen = files[n-1]
	} else if slices.Contains(files, answer) {
		chosen = answer
	}
	if chosen != "" {
		ask.Say("next time without the question: devup -f " + untrusted.Arguments(chosen))
	}
	return chosen, nil
}
