package build

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/registry"
)

var (
	unfetched   = lazyregexp.New(`(?s)^(\S+): failed to resolve source metadata for \S+: (?:failed to do request: \w+ "[^"]*": )?(.*)$`)
	awsRegistry = lazyregexp.New(`^\d+\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?`)
)

// baseFailure is why the image of a FROM cannot be fetched, of an error of a build; ok is
// false when it is about something else. The build sends what logins there are, of which
// nothing is known here.
func baseFailure(text string) (cause diagnose.Cause, ok bool) {
	found := unfetched.FindStringSubmatch(text)
	if found == nil {
		return diagnose.Cause{}, false
	}
	image := found[1]
	cause = registry.Explain(found[2], registry.Attempt{Image: image})
	switch aws := awsRegistry.FindStringSubmatch(image); {
	case aws != nil:
		cause.Hint = fmt.Sprintf("name a public image in FROM, or log in to this private registry at AWS with "+
			"`aws ecr get-login-password --region %s | docker login --username AWS --password-stdin %s`", aws[1], aws[0])
	case cause.Reason == diagnose.ImageUnknown:
		cause.Hint = "check the image's name and tag in FROM"
	case cause.Reason == "":
		if other := diagnose.Explain(diagnose.Build, strings.Split(found[2], "\n"), 0, nil); other.Reason != "" {
			cause = other
		}
	}
	cause.Sentence = fmt.Sprintf("its base image %s cannot be fetched: %s", image, cause.Sentence)
	return cause, true
}
