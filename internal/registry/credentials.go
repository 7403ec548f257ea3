package registry

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/devup-cli/devup/internal/dockerconfig"
	"github.com/devup-cli/devup/internal/event"
)

// fresh is how long a login is used before its helper is asked again: some
// registries give tokens of five minutes.
const fresh = 4 * time.Minute

// Credentials finds the logins of registries in Docker's configuration:
// DOCKER_AUTH_CONFIG, then the credential helper or store of the registry, then
// the file itself. Nothing is read and no helper is run before the first login
// is asked for. What cannot be read or run is said once, as a warning, and
// counts as no login: public images need none. A nil *Credentials has none. It
// is safe for concurrent use.
type Credentials struct {
	lookupEnv func(string) (string, bool)
	home      string
	sink      event.Sink
	load      func() (fromEnv, fromFile config)

	mu    sync.Mutex
	known map[string]*kept // by host
	said  map[string]bool  // troubles
}

// kept is a login that was found. Its lock is held while a helper is asked, so
// that one is asked once, and those of other registries side by side.
type kept struct {
	mu    sync.Mutex
	login Login
	at    time.Time // zero: not asked yet
}

// NewCredentials finds logins in the configuration that DOCKER_CONFIG names, or
// in .docker in the user's home, which may be empty.
func NewCredentials(lookupEnv func(string) (string, bool), home string, sink event.Sink) *Credentials {
	c := &Credentials{lookupEnv: lookupEnv, home: home, sink: sink, known: map[string]*kept{}, said: map[string]bool{}}
	c.load = sync.OnceValues(c.read)
	return c
}

// For gives the login for a registry, which may be spelled in any way.
func (c *Credentials) For(ctx context.Context, registry string) Login {
	name := host(registry)
	if c == nil || name == "" {
		return Login{}
	}
	c.mu.Lock()
	k := c.known[name]
	if k == nil {
		k = &kept{}
		c.known[name] = k
	}
	c.mu.Unlock()
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.at.IsZero() && time.Since(k.at) < fresh {
		return k.login
	}
	login := c.find(ctx, name)
	if ctx.Err() != nil {
		return Login{}
	}
	k.login, k.at = login, time.Now()
	if login.Trouble != "" {
		c.warnOnce(login.Trouble + "; images of " + name + " are fetched without a login")
	}
	return login
}

// OfImage gives the login for the registry of an image.
func (c *Credentials) OfImage(ctx context.Context, image string) Login {
	return c.For(ctx, HostOf(image))
}

func (c *Credentials) find(ctx context.Context, name string) Login {
	fromEnv, fromFile := c.load()
	l := fromEnv.login(name)
	if !l.Empty() {
		return l
	}
	if l.Trouble != "" {
		c.warnOnce("DOCKER_AUTH_CONFIG: " + l.Trouble)
	}
	written := fromFile.login(name)
	helper := fromFile.helper(name)
	if helper == "" {
		return written
	}
	if l := ask(ctx, helper, name); !l.Empty() || written.Empty() {
		return l
	}
	return written
}

// read reads the configuration. A file that does not exist is an empty one.
func (c *Credentials) read() (fromEnv, fromFile config) {
	if text, ok := c.lookupEnv("DOCKER_AUTH_CONFIG"); ok && text != "" {
		parsed, err := dockerconfig.Parse([]byte(text))
		if err != nil {
			c.warnOnce("DOCKER_AUTH_CONFIG is left out: " + err.Error())
		}
		fromEnv = config{parsed}
	}
	variable, ok := c.lookupEnv("DOCKER_CONFIG")
	if !ok {
		variable = ""
	}
	dir := dockerconfig.Dir(variable, c.home)
	parsed, err := dockerconfig.Read(dir)
	if err != nil {
		c.warnOnce("the logins in " + filepath.Join(dir, dockerconfig.Name) + " are left out: " + err.Error())
	}
	return fromEnv, config{parsed}
}

// warnOnce reports a text once.
func (c *Credentials) warnOnce(text string) {
	c.mu.Lock()
	warned := c.said[text]
	c.said[text] = true
	c.mu.Unlock()
	if !warned {
		c.sink(event.Event{Kind: event.Note, ID: "credentials " + text, State: event.Warning, Text: text})
	}
}
