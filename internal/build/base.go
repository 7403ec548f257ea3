package build

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/registry"
)

// baseCause is why the image of a FROM cannot be fetched, by the words of its registry. The
// build sends what logins there are, of which nothing is known here.
func baseCause(image, why string) diagnose.Cause {
	cause := registry.Explain(why, registry.Attempt{Image: image})
	switch login := registry.LoginCommand(registry.HostOf(image)); {
	case strings.HasPrefix(login, "aws ecr "):
		cause.Hint = "name a public image in FROM, or log in to this private registry at AWS with `" + login + "`"
	case cause.Reason == diagnose.ImageUnknown:
		cause.Hint = "check the image's name and tag in FROM"
	case cause.Reason == "":
		if other := diagnose.Explain(diagnose.Build, []string{why}, 0, nil); other.Reason != "" {
			cause = other
		}
	}
	cause.Sentence = fmt.Sprintf("its base image %s cannot be fetched: %s", image, cause.Sentence)
	return cause
}
