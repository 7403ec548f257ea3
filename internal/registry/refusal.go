package registry

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Kind says what was the matter with a pull or push. Its text is stable: it is the
// reason of a failure in --json.
type Kind string

// The kinds of refusals.
const (
	Unknown     Kind = ""                     // none of those below
	Missing     Kind = "image-unknown"        // no such image or tag
	NeedsLogin  Kind = "login-needed"         // the registry wants a login, or the image is not there: some do not tell which
	BadLogin    Kind = "login-refused"        // the login that was sent is refused
	Forbidden   Kind = "forbidden"            // the login is right, but may not do this
	Limited     Kind = "rate-limit"           // too many pulls
	Unreachable Kind = "registry-unreachable" // no network, no such host, a proxy, a time limit
	Untrusted   Kind = "certificate"          // TLS
	Broken      Kind = "registry-broken"      // the registry answers with a server error
	Platform    Kind = "platform"             // the image is there for other platforms
	Full        Kind = "disk-full"            // no space left on the engine's disk
	NotLocal    Kind = "not-local"            // what is to be pushed is not on the engine
)

// Attempt is what was asked of a registry.
type Attempt struct {
	Image    string
	Platform string // that was asked for; empty for the engine's own
	Login    Login  // that was sent
	Push     bool
}

// Refusal is what a failed attempt means: Reason goes behind "cannot be pulled:"
// and names the registry where it is at fault, Hint is what to do.
type Refusal struct {
	Kind   Kind
	Reason string
	Hint   string
}

var (
	wrongLogin  = lazyregexp.New(`(?i)incorrect username or password|authorization token has expired|invalid username/password|bad credentials|wrong (?:user ?name|password)|token (?:has )?expired`)
	wantsLogin  = lazyregexp.New(`(?i)unauthorized|no basic auth credentials|authentication (?:is )?required|401 `)
	denied      = lazyregexp.New(`(?i)denied|forbidden|403 |insufficient_scope|insufficient scopes`)
	missing     = lazyregexp.New(`(?i)manifest unknown|manifest for \S+ not found|: not found|repository \S+ not found|name unknown|name_unknown|no such image|404 `)
	limited     = lazyregexp.New(`(?i)toomanyrequests|too many requests|rate limit|429 `)
	unknownName = lazyregexp.New(`lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving|Temporary failure|i/o timeout)`)
	noAnswer    = lazyregexp.New(`(?i)connection refused|no route to host|network is unreachable|connection reset|unexpected EOF|proxyconnect`)
	tooSlow     = lazyregexp.New(`(?i)i/o timeout|timeout exceeded|TLS handshake timeout|deadline exceeded|connection timed out`)
	untrusted   = lazyregexp.New(`(?i)x509:|certificate signed by unknown|tls: failed|self[- ]signed certificate|remote error: tls`)
	plainHTTP   = lazyregexp.New(`(?i)server gave HTTP response to HTTPS client`)
	serverError = lazyregexp.New(`(?i)\b5\d\d (?:internal|bad|service|gateway)|unexpected HTTP status: 5|status code 5\d\d`)
	noPlatform  = lazyregexp.New(`(?i)no matching manifest for (\S+)|does not (?:match|provide) the specified platform|no match for platform`)
	noSpace     = lazyregexp.New(`(?i)no space left on device`)
	notLocal    = lazyregexp.New(`(?i)does not exist locally|no such image|tag does not exist|failed to find image|reference does not exist`)
	cut         = lazyregexp.New(`^(?:Error response from daemon: |error from registry: |failed to do request: |failed to resolve reference "[^"]*": )+`)
)

// Explain finds out of the engine's words what was the matter.
func Explain(text string, a Attempt) Refusal {
	r := a.explain(text)
	if name := officialName(a.Image); a.Push && name != "" {
		switch r.Kind {
		case NeedsLogin, Forbidden, BadLogin, Missing:
			r.Kind, r.Reason = Forbidden, "a name without a registry and an account stands for an image of Docker's own on Docker Hub"
			fallthrough
		case Unreachable:
			r.Hint = "call the image docker.io/USER/" + name + " for Docker Hub, after `docker login`, or HOST/" + name + " for another registry"
		}
	}
	return r
}

func (a Attempt) explain(text string) Refusal {
	registry := HostOf(a.Image)
	login := LoginCommand(registry)
	switch {
	case noSpace.MatchString(text):
		return Refusal{Full, "the engine's disk is full", "free some space: `docker system prune` removes what nothing uses"}
	case a.Push && notLocal.MatchString(text):
		return Refusal{NotLocal, "it is not on this engine yet", ""}
	case limited.MatchString(text):
		return Refusal{Limited, registry + " limits how often one may pull, and the limit is reached", "wait, or log in with `" + login + "` for a higher limit"}
	case plainHTTP.MatchString(text):
		return Refusal{Untrusted, registry + " speaks HTTP and not HTTPS", "name it under insecure-registries in the engine's daemon.json"}
	case untrusted.MatchString(text):
		return Refusal{Untrusted, "the engine does not trust the certificate of " + registry, "give the engine the CA: /etc/docker/certs.d/" + registry + "/ca.crt on its machine"}
	case noPlatform.MatchString(text):
		return a.otherPlatform(text)
	case unknownName.MatchString(text):
		return Refusal{Unreachable, "the name " + unknownName.FindStringSubmatch(text)[1] + " cannot be resolved", "check the image's name, and the network and its DNS with devup doctor"}
	case tooSlow.MatchString(text):
		return Refusal{Unreachable, registry + " does not answer in time", "check the network, and the engine's proxy if there is one"}
	case noAnswer.MatchString(text):
		return Refusal{Unreachable, registry + " cannot be reached: " + lastPart(text), "check the network, and the engine's proxy if there is one"}
	}
	return a.access(text, registry, login)
}

// access tells apart what registries say about logins and names.
func (a Attempt) access(text, registry, login string) Refusal {
	switch {
	case wrongLogin.MatchString(text), !a.Login.Empty() && wantsLogin.MatchString(text) && !denied.MatchString(text):
		return Refusal{BadLogin, registry + " refuses the login that is stored for it", "log in again with `" + login + "`"}
	case wantsLogin.MatchString(text) && !denied.MatchString(text):
		return Refusal{NeedsLogin, registry + " wants a login", a.hint("log in with `" + login + "`")}
	case denied.MatchString(text) && a.Push && !a.Login.Empty():
		return Refusal{Forbidden, registry + " does not let this login push there", "check the image's name and the rights of the account, or log in as somebody else with `" + login + "`"}
	case denied.MatchString(text) && a.Push:
		return Refusal{NeedsLogin, registry + " wants a login", a.hint("log in with `" + login + "`")}
	case denied.MatchString(text) && !a.Login.Empty():
		return Refusal{Forbidden, registry + " has no such image, or does not show it to this login", "check the image's name and the rights of the account, or log in as somebody else with `" + login + "`"}
	case denied.MatchString(text):
		return Refusal{NeedsLogin, registry + " has no such image, or wants a login for it", a.hint("check the image's name; if it is private, log in with `" + login + "`")}
	case missing.MatchString(text) && a.Push:
		return Refusal{Missing, registry + " has no such repository", "make the repository there first, or check the image's name"}
	case missing.MatchString(text):
		return Refusal{Missing, registry + " has no such image or tag", "check the image's name and tag"}
	case serverError.MatchString(text):
		return Refusal{Broken, registry + " has trouble: " + lastPart(text), "try again in a while"}
	}
	return Refusal{Unknown, cut.ReplaceAllString(text, ""), "check the image's name, and that the engine reaches " + registry}
}

// hint puts why there is no login before what to do.
func (a Attempt) hint(text string) string {
	if a.Login.Trouble != "" {
		return a.Login.Trouble + ": mend that, or " + text
	}
	return text
}

func (a Attempt) otherPlatform(text string) Refusal {
	wanted := a.Platform
	if found := noPlatform.FindStringSubmatch(text); wanted == "" && found[1] != "" {
		wanted = strings.TrimSuffix(found[1], ",")
	}
	if wanted == "" {
		wanted = "the engine's platform"
	}
	hint := "take an image that is made for it, or set platform of the service to one that this image has (linux/amd64 mostly), which the engine then emulates if it can"
	if a.Platform != "" {
		hint = "set platform of the service (or DOCKER_DEFAULT_PLATFORM) to one that this image has"
	}
	return Refusal{Platform, fmt.Sprintf("it is not made for %s", wanted), hint}
}

// lastPart is the end of a chain of Go errors, which says the most.
func lastPart(text string) string {
	text = strings.TrimSpace(text)
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}
