package gateway

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/daemon"
	"github.com/devup-cli/devup/internal/fail"
)

// Manager is what this machine has of a project's gateway. The zero value knows of none and
// cannot start one.
type Manager struct{ daemon.Manager[Config] }

// listenFailure begins what the process says where it cannot listen.
const listenFailure = "listen for browsers: "

// Port is the port that the gateway listens on; 0 where nothing is known.
func (c Config) Port() int {
	_, port, _ := net.SplitHostPort(c.Listen)
	n, _ := strconv.Atoi(port)
	return n
}

// Ensure has the gateway serve the config: one that does so already is left alone, one
// that serves another is handed the new one, and where none serves, one is started.
func (m Manager) Ensure(ctx context.Context, c Config) error {
	s, serves := m.Observe(ctx)
	switch {
	case serves && s.Version == m.Version && reflect.DeepEqual(s.Config, c):
		return nil
	case serves && s.Version == m.Version && s.Config.Listen == c.Listen && m.Change(ctx, s, c) == nil:
		return nil
	case serves:
		_ = m.Stop(ctx, s) // if it goes on, the new one says so
	}
	err := m.Start(ctx, c)
	if refused, ok := errors.AsType[*daemon.NotServing](err); ok {
		code := fail.Failed
		if strings.HasPrefix(refused.Why, listenFailure) {
			code = fail.PortTaken
		}
		return fail.New(code, "its log is "+m.Log(), "the gateway does not serve on %s: %s", c.Listen, refused.Why)
	}
	return err
}
