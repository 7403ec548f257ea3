package build

import (
	"fmt"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/registry"
)

var (
	unfetched   = lazyregexp.New(`(?s)^(\S+): failed to resolve source metadata for \S+: (?:failed to do request: \w+ "[^"]*": )?(.*)$`)
	awsRegistry = lazyregexp.New(`^\d+\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?`)
)

// base is why the image of a FROM cannot be fetched: a sentence, its stable reason and
// what to do about it.
type base struct{ sentence, reason, hint string }

// baseFailure reads an error of a build; ok is false when it is about something else than
// a base image. The build sends what logins there are, of which nothing is known here.
func baseFailure(text string) (b base, ok bool) {
	found := unfetched.FindStringSubmatch(text)
	if found == nil {
		return base{}, false
	}
	image := found[1]
	refusal := registry.Explain(found[2], registry.Attempt{Image: image})
	b.sentence = fmt.Sprintf("its base image %s cannot be fetched: %s", image, refusal.Reason)
	b.reason, b.hint = string(refusal.Kind), refusal.Hint
	switch aws := awsRegistry.FindStringSubmatch(image); {
	case aws != nil:
		b.hint = fmt.Sprintf("%s is somebody's private registry at AWS: name a public image in FROM, or log in with "+
			"`aws ecr get-login-password --region %s | docker login --username AWS --password-stdin %s`", aws[0], aws[1], aws[0])
	case refusal.Kind == registry.Missing:
		b.hint = "check the image's name and tag in FROM"
	case refusal.Kind == registry.Unknown:
		b.reason, b.hint = likely([]string{found[2]})
	}
	return b, true
}
