package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	bkclient "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/gateway/client"
	gatewayapi "github.com/moby/buildkit/frontend/gateway/pb"

	"github.com/devup-cli/devup/internal/diagnose"
)

// Dial opens a TCP connection. It resolves the name in the address itself.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Inside runs work with a Dial that connects from where a RUN of a build would: through
// the builder's network, with the names that its DNS knows. image is one that the engine
// has and that holds a shell and bash or nc. Nothing is built: the containers are gone
// when work returns, and neither a cache nor the history of builds holds any of it.
//
// The engine must have BuildKit; [ErrTooOld] is for one that builds only, [ErrUnfit] for
// an image without these programs. That a connection fails shows at its first read; where a
// name cannot be resolved, the error then is a [net.DNSError].
func Inside(ctx context.Context, e Engine, image string, o Options, work func(context.Context, Dial) error) error {
	b, err := dial(ctx, e, o)
	if err != nil {
		return err
	}
	defer b.close()
	var failed error
	_, err = b.client.Build(ctx, bkclient.SolveOpt{Internal: true}, "", func(ctx context.Context, c client.Client) (*client.Result, error) {
		opts := c.BuildOpts()
		if opts.Caps.Supports(gatewayapi.CapGatewayExec) != nil {
			failed = ErrTooOld
			return client.NewResult(), nil
		}
		base, err := imageOf(ctx, c, image)
		if err == nil && !fit(ctx, base) {
			err = ErrUnfit
		}
		if err != nil {
			failed = err
			return client.NewResult(), nil
		}
		i := inside{client: c, base: base}
		defer i.ending.Wait()
		failed = work(ctx, i.dial)
		return client.NewResult(), nil
	}, nil)
	if failed != nil {
		return failed
	}
	return err
}

// ErrTooOld is the error of [Inside] for a BuildKit that runs nothing outside of a step.
var ErrTooOld = errors.New("this engine's BuildKit is too old to be looked into")

// ErrUnfit is the error of [Inside] for an image that holds no shell, or neither bash nor nc.
var ErrUnfit = errors.New("the image lacks a shell, or bash and nc")

// fit reports whether an image has what it takes to open a connection.
func fit(ctx context.Context, base client.Reference) bool {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			_, err := base.StatFile(ctx, client.StatRequest{Path: name})
			return err == nil
		})
	}
	return has("/bin/sh") && has("/bin/bash", "/usr/bin/bash", "/bin/nc", "/usr/bin/nc")
}

// imageOf is an image that the engine has, for a container to begin with.
func imageOf(ctx context.Context, c client.Client, image string) (client.Reference, error) {
	definition, err := llb.Image(image, llb.ResolveModePreferLocal).Marshal(ctx)
	if err != nil {
		return nil, fmt.Errorf("use the image %s: %w", image, err)
	}
	solved, err := c.Solve(ctx, client.SolveRequest{Definition: definition.ToPB(), Evaluate: true})
	if err != nil {
		return nil, fmt.Errorf("use the image %s: %w", image, err)
	}
	return solved.SingleRef()
}

// inside opens connections, each in a container of its own.
type inside struct {
	client client.Client
	base   client.Reference
	ending sync.WaitGroup // containers that are not gone yet
}

// pipe connects to $0:$1 and copies both ways. That it has ended it says itself: the
// builder reports that only when nothing is left of its input either.
const pipe = `if command -v bash >/dev/null; then
  bash -c 'exec 3<>"/dev/tcp/$0/$1" 4<&0 || exit; cat <&4 >&3 & cat <&3' "$0" "$1"
else
  nc "$0" "$1"
fi
echo "` + endMarker + `" >&2`

const endMarker = "the connection has ended"

// drainTime is how long what came through the connection may still be on its way when the
// endMarker is here: the builder passes on the two streams of a program side by side.
const drainTime = 500 * time.Millisecond

func (i *inside) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	container, err := i.client.NewContainer(ctx, client.NewContainerRequest{
		Mounts: []client.Mount{{Dest: "/", Ref: i.base}},
	})
	if err != nil {
		return nil, fmt.Errorf("make a container of the builder: %w", err)
	}
	here, there := net.Pipe()
	c := &insideConn{Conn: here, host: host, ended: make(chan struct{})}
	c.stderr.ended = sync.OnceFunc(func() { close(c.ended); _ = there.Close() })
	process, err := container.Start(ctx, client.StartRequest{
		Args: []string{"/bin/sh", "-c", pipe, host, port}, Cwd: "/",
		Env:   []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		Stdin: there, Stdout: there, Stderr: &c.stderr,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a container of the builder: %w", err), container.Release(context.WithoutCancel(ctx)))
	}
	c.release = sync.OnceFunc(func() {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = container.Release(after) // the builder releases what is left at the end
	})
	i.ending.Go(func() {
		_ = process.Wait() // what there is to say is in stderr
		c.stderr.ended()
		c.release()
	})
	return c, nil
}

// insideConn is the near end of a connection that a container holds.
type insideConn struct {
	net.Conn
	host    string
	stderr  stderr
	ended   chan struct{} // closed when the connection is, and all of stderr is in
	release func()
}

func (c *insideConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if errors.Is(err, io.EOF) {
		err = c.reason(err)
	}
	return n, err
}

func (c *insideConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if errors.Is(err, io.ErrClosedPipe) {
		err = c.reason(err)
	}
	return n, err
}

// Close ends the container too.
func (c *insideConn) Close() error {
	err := c.Conn.Close()
	c.release()
	return err
}

// reason is why the connection ended: what the program in the container said, or
// otherwise when it said nothing.
func (c *insideConn) reason(otherwise error) error {
	<-c.ended
	printed := c.stderr.String()
	switch {
	case printed == "":
		return otherwise
	case diagnose.Explain(diagnose.Exec, strings.Split(printed, "\n"), 0, nil).Reason == diagnose.NameUnknown:
		return &net.DNSError{Err: "no such host", Name: c.host, IsNotFound: true}
	}
	return errors.New(strings.ToLower(strings.TrimSpace(printed[strings.LastIndex(printed, ":")+1:])))
}

// stderr is what a program writes to its error stream before its endMarker.
type stderr struct {
	ended func()
	mu    sync.Mutex
	text  string
}

func (c *stderr) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text += string(b)
	if before, _, ok := strings.Cut(c.text, endMarker); ok {
		c.text = before
		time.AfterFunc(drainTime, c.ended)
	}
	return len(b), nil
}

func (c *stderr) Close() error { return nil }

func (c *stderr) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.TrimSpace(c.text)
}
