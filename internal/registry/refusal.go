package registry

import (
	"strings"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Attempt is what was asked of a registry.
type Attempt struct {
	Image    string
	Platform string // that was asked for; empty for the engine's own
	Login    Login  // that was sent
	Push     bool
}

var cut = lazyregexp.New(`^(?:Error response from daemon: |error from registry: |failed to do request: |failed to resolve reference "[^"]*": )+`)

// Explain finds out of the engine's words why an attempt failed. The sentence goes behind
// "cannot be pulled:"; without a reason it is the engine's own.
func Explain(text string, a Attempt) diagnose.Cause {
	registry := HostOf(a.Image)
	facts := map[string]string{"registry": registry, "login": LoginCommand(registry)}
	if a.Platform != "" {
		facts["platform"] = a.Platform
	}
	c := diagnose.Explain(a.scope(), strings.Split(text, "\n"), 0, facts)
	if c.Reason == "" {
		c.Sentence, c.Hint = cut.ReplaceAllString(text, ""), "check the image's name, and that the engine reaches "+registry
	}
	if c.Reason == diagnose.LoginNeeded && a.Login.Trouble != "" {
		c.Hint = a.Login.Trouble + ": fix that, or " + c.Hint
	}
	if name := officialName(a.Image); a.Push && name != "" {
		switch c.Reason {
		case diagnose.LoginNeeded, diagnose.Forbidden, diagnose.LoginRefused, diagnose.ImageUnknown:
			c.Reason, c.Sentence = diagnose.Forbidden, "a name without a registry and an account stands for an image of Docker's own on Docker Hub"
			fallthrough
		case diagnose.RegistryUnreachable:
			c.Hint = "call the image docker.io/USER/" + name + " for Docker Hub, after `docker login`, or HOST/" + name + " for another registry"
		}
	}
	return c
}

// scope is what kind of text the engine's words on the attempt are.
func (a Attempt) scope() diagnose.Scope {
	switch {
	case a.Push && a.Login.Empty():
		return diagnose.Push
	case a.Push:
		return diagnose.PushLogin
	case a.Login.Empty():
		return diagnose.Pull
	default:
		return diagnose.PullLogin
	}
}
