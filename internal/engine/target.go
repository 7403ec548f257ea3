package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/docker/cli/cli/config/configfile"
	dockercontext "github.com/docker/cli/cli/context"
	dockerendpoint "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"

	"github.com/devup-cli/devup/internal/fail"
)

// target is an address to connect to, and why.
type target struct {
	endpoint dockerendpoint.Endpoint
	source   string
	kind     kind // empty when it is not one of the usual addresses
	chosen   bool // it was chosen: then no other one will do
	undo     string
}

// targets decides what to try: what was chosen, else the usual addresses.
// It reads the docker command's context store when a context is in use.
func targets(s system, usual []candidate, o Options, config configfile.ConfigFile) ([]target, error) {
	name, from, undo := contextInUse(s, o, config)
	switch {
	case o.Host != "" && o.Context != "":
		return nil, fail.New(fail.Usage, "give one of the two", "both a host and a context are given for the engine")
	case o.Host != "":
		from := cmp.Or(o.HostFrom, "the setting host")
		return hostTarget(s, usual, o.Host, from, "correct "+from)
	case o.Context == "" && s.env("DOCKER_HOST") != "":
		return hostTarget(s, usual, s.env("DOCKER_HOST"), "DOCKER_HOST", "unset DOCKER_HOST to use the engine of this machine")
	case name != "" && name != "default":
		return contextTarget(s, usual, name, from, undo)
	}
	var all []target
	for _, c := range usual {
		all = append(all, target{endpoint: endpointOf(c.host), source: "the socket of " + string(c.kind), kind: c.kind})
	}
	return all, nil
}

// contextInUse is the docker context that holds, where it is set, and how to
// leave it.
func contextInUse(s system, o Options, config configfile.ConfigFile) (name, from, undo string) {
	switch {
	case o.Context != "":
		from := cmp.Or(o.ContextFrom, "the setting context")
		return o.Context, from, "correct " + from
	case s.env("DOCKER_CONTEXT") != "":
		return s.env("DOCKER_CONTEXT"), "DOCKER_CONTEXT", "unset DOCKER_CONTEXT to use the engine of this machine"
	default:
		return config.CurrentContext, "docker's config file",
			"`docker context use default` to use the engine of this machine"
	}
}

func hostTarget(s system, usual []candidate, host, source, undo string) ([]target, error) {
	host, err := normalHost(host, s.env("DOCKER_TLS_VERIFY") != "" || s.env("DOCKER_CERT_PATH") != "")
	if err != nil {
		return nil, fail.Wrap(err, fail.NoEngine, "it should look like unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host",
			"%s: %v", source, err)
	}
	t := target{endpoint: endpointOf(host), source: source, kind: kindOf(usual, host), chosen: true, undo: undo}
	if strings.HasPrefix(host, "tcp://") {
		if err := addTLS(&t.endpoint, s); err != nil {
			return nil, fail.Wrap(err, fail.NoEngine, "DOCKER_CERT_PATH must name a directory with ca.pem, cert.pem and key.pem",
				"the TLS files for %s cannot be read: %v", host, err)
		}
	}
	return []target{t}, nil
}

// normalHost gives a host its scheme and, for TCP, its port, as the docker
// command does.
func normalHost(host string, tls bool) (string, error) {
	scheme, rest, found := strings.Cut(host, "://")
	if !found {
		if strings.HasPrefix(host, "/") {
			return "", fmt.Errorf("%q has no scheme", host)
		}
		scheme, rest = "tcp", host
	}
	switch scheme {
	case "unix", "npipe":
		if rest == "" {
			return "", fmt.Errorf("%q names no socket", host)
		}
		return scheme + "://" + rest, nil
	case "tcp", "ssh":
	default:
		return "", fmt.Errorf("%q has the unknown scheme %s", host, scheme)
	}
	u, err := url.Parse(scheme + "://" + rest)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is not a host", host)
	case u.Hostname() == "" && scheme == "tcp" && u.Port() != "":
		u.Host = "localhost:" + u.Port()
	case u.Hostname() == "":
		return "", fmt.Errorf("%q names no host", host)
	}
	if scheme == "tcp" && u.Port() == "" {
		port := "2375"
		if tls {
			port = "2376"
		}
		u.Host = net.JoinHostPort(u.Hostname(), port)
	}
	return u.String(), nil
}

// addTLS reads the certificates that DOCKER_CERT_PATH and DOCKER_TLS_VERIFY ask
// for: the first alone encrypts without verifying the engine, as in the docker
// libraries.
func addTLS(endpoint *dockerendpoint.Endpoint, s system) error {
	dir, verify := s.env("DOCKER_CERT_PATH"), s.env("DOCKER_TLS_VERIFY") != ""
	if dir == "" && !verify {
		return nil
	}
	if dir == "" {
		dir = configDir(s)
	}
	var err error
	endpoint.SkipTLSVerify = !verify
	endpoint.TLSData, err = dockercontext.TLSDataFromFiles(
		filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	return err
}

// contextTarget reads a docker context from the store.
func contextTarget(s system, usual []candidate, name, from, undo string) ([]target, error) {
	contexts := store.New(filepath.Join(configDir(s), "contexts"), store.NewConfig(
		func() any { return &map[string]any{} },
		store.EndpointTypeGetter(dockerendpoint.DockerEndpoint, func() any { return &dockerendpoint.EndpointMeta{} })))
	wrong := func(err error) error {
		return fail.Wrap(err, fail.NoEngine, undo, "docker context %q (from %s) cannot be used: %v", name, from, err)
	}
	metadata, err := contexts.GetMetadata(name)
	if errors.Is(err, fs.ErrNotExist) {
		e := fail.Wrap(err, fail.NoEngine, undo, "there is no docker context %q, which %s names", name, from)
		e.CauseShown = true
		return nil, e
	}
	if err != nil {
		return nil, wrong(err)
	}
	meta, err := dockerendpoint.EndpointFromContext(metadata)
	if err != nil {
		return nil, wrong(err)
	}
	endpoint, err := dockerendpoint.WithTLSData(contexts, name, meta)
	if err != nil {
		return nil, wrong(err)
	}
	return []target{{
		endpoint: endpoint, source: fmt.Sprintf("docker context %q", name),
		kind: kindOf(usual, endpoint.Host), chosen: true, undo: undo,
	}}, nil
}

// kindOf is the product whose usual address the host is, or empty.
func kindOf(usual []candidate, host string) kind {
	for _, c := range usual {
		if strings.EqualFold(c.host, host) {
			return c.kind
		}
	}
	return ""
}

func endpointOf(host string) dockerendpoint.Endpoint {
	return dockerendpoint.Endpoint{EndpointMeta: dockerendpoint.EndpointMeta{Host: host}}
}
