package build

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	unfetched   = lazyregexp.New(`^(\S+): failed to resolve source metadata for \S+: (?:failed to do request: \w+ "[^"]*": )?(.*)$`)
	unknownHost = lazyregexp.New(`lookup (\S+?)(?: on \S+)?: no such host`)
	awsRegistry = lazyregexp.New(`^\d+\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?`)
)

// baseFailure says in a sentence that the image of a FROM cannot be fetched, and
// what to do about that; ok is false when text is about something else.
func baseFailure(text string) (sentence, hint string, ok bool) {
	found := unfetched.FindStringSubmatch(text)
	if found == nil {
		return "", "", false
	}
	image, reason := found[1], found[2]
	host := unknownHost.FindStringSubmatch(reason)
	if host != nil {
		reason = "the name " + host[1] + " cannot be resolved"
	}
	sentence = fmt.Sprintf("its base image %s cannot be fetched: %s", image, reason)
	switch aws := awsRegistry.FindStringSubmatch(image); {
	case aws != nil:
		hint = fmt.Sprintf("%s is somebody's private registry at AWS: name a public image in FROM, or log in with "+
			"`aws ecr get-login-password --region %s | docker login --username AWS --password-stdin %s`", aws[0], aws[1], aws[0])
	case host != nil:
		hint = "check the network and its DNS with devup doctor"
	case strings.Contains(reason, "not found"):
		hint = "check the image's name and tag in FROM"
	default:
		hint = likelyHint([]string{reason})
	}
	return sentence, hint, true
}
