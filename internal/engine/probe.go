package engine

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/moby/moby/client"
	"github.com/moby/moby/client/pkg/versions"

	"github.com/devup-cli/devup/internal/errno"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// cause is why an address has no engine for us.
type cause int

const (
	missing     cause = iota // there is no such socket
	refused                  // nothing listens there
	denied                   // the user may not use it
	silent                   // it takes connections, but does not answer in time
	foreign                  // something answers that is not an engine
	tooOld                   // its newest API is older than our oldest
	tooNew                   // DOCKER_API_VERSION asks for more than it speaks
	unreachable              // anything else: names, certificates, ssh
)

// problem is the reason why a target did not do.
type problem struct {
	target target
	cause  cause
	text   string // more about it: the API version, the error's text
}

// probe asks the target once whether an engine answers. It gives an engine, a
// problem, or ctx's error.
func probe(ctx context.Context, t target, headers map[string]string, apiVersion string, timeout time.Duration) (*Engine, *problem, error) {
	fault := func(c cause, text string) (*Engine, *problem, error) {
		return nil, &problem{target: t, cause: c, text: text}, nil
	}
	var libpod atomic.Bool
	cli, err := newClient(t, headers, apiVersion, func(r *http.Response) {
		if r.Header.Get("Libpod-Api-Version") != "" {
			libpod.Store(true)
		}
	})
	if err != nil {
		return fault(unreachable, err.Error())
	}
	pinged, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ping, err := cli.Ping(pinged, client.PingOptions{NegotiateAPIVersion: true})
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case ping.APIVersion != "" && versions.LessThan(ping.APIVersion, client.MinAPIVersion):
		return fault(tooOld, ping.APIVersion)
	case errors.Is(err, context.DeadlineExceeded):
		return fault(silent, timeout.String())
	case client.IsErrConnectionFailed(err):
		c, text := diagnose(ctx, t.endpoint.Host, err)
		return fault(c, text)
	case err != nil:
		return fault(foreign, err.Error())
	case ping.APIVersion == "":
		return fault(foreign, "its answer names no API version")
	case apiVersion != "" && versions.LessThan(ping.APIVersion, cli.ClientVersion()):
		return fault(tooNew, ping.APIVersion)
	}
	// Every Docker Engine that speaks our API versions has BuildKit behind /grpc. The
	// Builder-Version header does not say it: 20.10 leaves it empty unless configured.
	return &Engine{
		Client: cli, Endpoint: t.endpoint.Host, Source: t.source, APIVersion: cli.ClientVersion(),
		BuildKit: ping.OSType != "windows" && !libpod.Load(),
		Podman:   libpod.Load(),
	}, nil, nil
}

func newClient(t target, headers map[string]string, apiVersion string, hook client.ResponseHook) (*client.Client, error) {
	options, err := t.endpoint.ClientOpts()
	if err != nil {
		return nil, err
	}
	options = append(options, client.WithHTTPResponseHook(hook), client.WithUserAgent("devup"))
	if len(headers) > 0 {
		options = append(options, client.WithHTTPHeaders(headers))
	}
	if apiVersion != "" {
		options = append(options, client.WithAPIVersion(apiVersion))
	}
	return client.New(options...)
}

// diagnose finds out why a connection failed. The client's error has lost the
// system's own, so the socket is tried once more by hand.
func diagnose(ctx context.Context, host string, failed error) (cause, string) {
	network, address := "", ""
	if u, err := url.Parse(host); err == nil && u.Scheme == "tcp" {
		network, address = "tcp", u.Host
	} else if rest, ok := strings.CutPrefix(host, "unix://"); ok {
		network, address = "unix", rest
	}
	err := failed
	if network != "" {
		dialed, cancel := context.WithTimeout(ctx, 3*time.Second)
		defer cancel()
		var connection net.Conn
		if connection, err = (&net.Dialer{}).DialContext(dialed, network, address); err == nil {
			_ = connection.Close()
			return unreachable, plain(failed) // it takes connections; the client knows what it did not like
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return missing, ""
	case errors.Is(err, fs.ErrPermission):
		return denied, ""
	case errno.Refused.In(err):
		return refused, ""
	default:
		return unreachable, plain(err)
	}
}

// sshSaid is what the ssh command printed, at the end of the helper's error.
var sshSaid = lazyregexp.New(`(?s)command \[ssh .*stderr=(.+)$`)

// plain is an error's text in one line, without the request, which the user did not make.
func plain(err error) string {
	if request, ok := errors.AsType[*url.Error](err); ok {
		err = request.Err
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok && name.IsNotFound {
		return "the name " + name.Name + " cannot be resolved"
	}
	if said := sshSaid.FindStringSubmatch(err.Error()); said != nil {
		return strings.Join(strings.Fields(said[1]), " ")
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}
