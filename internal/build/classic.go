package build

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/containerd/platforms"
	"github.com/moby/moby/client"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/tonistiigi/fsutil"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// dockerfileInTar is the name under which the context carries a Dockerfile that
// is not part of it.
const dockerfileInTar = ".devup.Dockerfile"

// classic builds by POST /build with a tar of the context, for engines without
// BuildKit (Podman). It cannot take secrets, agents or additional contexts: a
// spec with those is refused. Of the egress only the proxies are handed on: a
// CA bundle or a registry's token would have to go through the context, where a
// COPY . would put it into the image. All steps get the same proxies, so that one with a
// password that builds may use reaches all of them.
type classic struct {
	engine  Engine
	options Options
}

func (c classic) close() {}

func (c classic) build(ctx context.Context, s Spec) (result, error) {
	def, err := readDefinition(s)
	if err != nil {
		return result{}, err
	}
	if err := checkTarget(s, def); err != nil {
		return result{}, err
	}
	if len(s.Secrets)+len(s.SSH)+len(s.Contexts)+len(s.Bases) > 0 {
		return result{}, configError(s, nil, "use an engine with BuildKit: Docker 20.10 or newer",
			"the build of %s uses secrets, ssh or additional_contexts, which this engine's builder does not have", s.Service)
	}
	if len(s.CacheTo) > 0 || c.options.Publish && len(s.Platforms) > 1 {
		return result{}, configError(s, nil, "use an engine with BuildKit: Docker 20.10 or newer, or remove them",
			"the build of %s uses cache_to or several platforms, which this engine's builder does not have", s.Service)
	}
	if e := c.options.Egress; len(e.CA)+len(e.Clients) > 0 {
		text := "this engine has no BuildKit: the build gets this machine's proxies, but not its CA bundle and package indexes"
		c.options.Sink(event.Event{Kind: event.Note, ID: "classic build " + s.Service, Name: s.Service, State: event.Warning, Text: text})
	}
	request := c.request(s)
	if !s.Local() {
		request.RemoteContext, request.Dockerfile = remoteURL(s.Context), s.Dockerfile
		return c.send(ctx, s, strings.NewReader(""), request)
	}
	return c.sendContext(ctx, s, def, request)
}

// sendContext streams the tar while the engine reads it.
func (c classic) sendContext(ctx context.Context, s Spec, def definition, request client.ImageBuildOptions) (result, error) {
	ignore, err := def.ignorePatterns(s.Context)
	if err != nil {
		return result{}, err
	}
	reader, writer := io.Pipe()
	var group errgroup.Group
	group.Go(func() error {
		err := writeTar(ctx, writer, s, def, ignore)
		_ = writer.CloseWithError(err) // it never fails
		return err
	})
	built, err := c.send(ctx, s, reader, request)
	_ = reader.Close() // releases the writer when the engine stopped reading
	if tarErr := group.Wait(); tarErr != nil && !errors.Is(tarErr, io.ErrClosedPipe) && ctx.Err() == nil {
		return result{}, contextError(s, tarErr)
	}
	return built, err
}

func (c classic) request(s Spec) client.ImageBuildOptions {
	o := client.ImageBuildOptions{
		Tags:        append([]string{normalized(s.Image)}, s.Tags...),
		NoCache:     c.options.NoCache || s.NoCache,
		PullParent:  c.options.Pull || s.Pull,
		Remove:      true,
		ForceRemove: true,
		NetworkMode: s.Network,
		ShmSize:     s.ShmSize,
		Dockerfile:  dockerfileInTar,
		Target:      s.Target,
		Labels:      s.labels(),
		CacheFrom:   s.CacheFrom,
		BuildArgs:   map[string]*string{},
	}
	for _, host := range s.ExtraHosts {
		o.ExtraHosts = append(o.ExtraHosts, strings.Replace(host, "=", ":", 1))
	}
	for name, value := range c.options.Egress.BuildProxy() {
		o.BuildArgs[name] = &value
	}
	maps.Copy(o.BuildArgs, s.Args)
	if p, err := platforms.Parse(s.Platform); err == nil && s.Platform != "" {
		o.Platforms = []ocispec.Platform{p}
	}
	return o
}

// writeTar writes the context without what is ignored. Times are cut to whole
// seconds: rounding up would put a file into the future.
func writeTar(ctx context.Context, out io.Writer, s Spec, def definition, ignore []string) error {
	w := tar.NewWriter(out)
	header := &tar.Header{Name: dockerfileInTar, Mode: 0o644, Size: int64(len(def.text)), ModTime: time.Unix(0, 0)}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	if _, err := w.Write(def.text); err != nil {
		return err
	}
	dir, err := s.open()
	if err != nil {
		return err
	}
	defer dir.Close()
	filtered, err := fsutil.NewFilterFS(dir, &fsutil.FilterOpt{ExcludePatterns: ignore})
	if err != nil {
		return err
	}
	err = filtered.Walk(ctx, "", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return writeEntry(w, dir.root, name)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

func writeEntry(w *tar.Writer, root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	if mode := info.Mode(); !mode.IsRegular() && !mode.IsDir() && mode&fs.ModeSymlink == 0 {
		return nil // a socket or device is nothing to build from
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = root.Readlink(name); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, filepath.ToSlash(link))
	if err != nil {
		return err
	}
	header.Name = filepath.ToSlash(name)
	header.ModTime = info.ModTime().Truncate(time.Second)
	header.AccessTime, header.ChangeTime = time.Time{}, time.Time{}
	header.Uid, header.Gid, header.Uname, header.Gname = 0, 0, "", ""
	if info.IsDir() {
		header.Name += "/"
	}
	if err := w.WriteHeader(header); err != nil || !info.Mode().IsRegular() {
		return err
	}
	in, err := untrusted.OpenEntry(root, name)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.CopyN(w, in, header.Size)
	return err
}

// send starts the build and reads its answer to the end.
func (c classic) send(ctx context.Context, s Spec, body io.Reader, request client.ImageBuildOptions) (result, error) {
	response, err := c.engine.ImageBuild(ctx, body, request)
	if err != nil {
		return result{}, c.failure(s, err.Error(), nil, err)
	}
	defer response.Body.Close()
	return c.follow(s, response.Body)
}

// message is one object of the answer.
type message struct {
	Stream string          `json:"stream"`
	Error  string          `json:"error"`
	Aux    json.RawMessage `json:"aux"`
}

var (
	classicStep = lazyregexp.New(`^(?:Step |STEP )(\d+/\d+)\s*: (.*)`)
	classicID   = lazyregexp.New(`^(?:Successfully built )?((?:sha256:)?[0-9a-f]{12,64})$`)
)

func (c classic) follow(s Spec, body io.Reader) (result, error) {
	decoder := json.NewDecoder(body)
	progress := classicProgress{service: s.Service, sink: c.options.Sink, cached: true}
	for {
		var m message
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return result{}, c.failure(s, "the engine's answer broke off", progress.lines, err)
		}
		if m.Error != "" {
			progress.end(event.Failed)
			return result{}, c.failure(s, m.Error, progress.lines, nil)
		}
		var aux struct{ ID string }
		if json.Unmarshal(m.Aux, &aux) == nil && aux.ID != "" {
			progress.id = aux.ID
		}
		for line := range strings.Lines(m.Stream) {
			progress.line(strings.TrimRight(line, "\r\n"))
		}
	}
	progress.end(event.Done)
	if progress.id == "" {
		return result{}, c.failure(s, "the engine named no image", progress.lines, nil)
	}
	return result{id: progress.id, cached: progress.cached && progress.steps > 0}, nil
}

func (c classic) failure(s Spec, text string, lines []string, err error) error {
	e := fail.Wrap(err, fail.BuildFailed, "", "")
	e.Service, e.File, e.Lines = s.Service, s.dockerfileName(), lines
	explain(e, "", unwrapped(text))
	return e
}

// classicProgress makes events of the builder's text.
type classicProgress struct {
	service string
	sink    event.Sink
	name    string // the step under way
	began   time.Time
	steps   int
	hit     bool
	cached  bool
	lines   []string
	id      string
}

func (p *classicProgress) line(text string) {
	if match := classicStep.FindStringSubmatch(text); match != nil {
		p.end(event.Done)
		p.name, p.began, p.hit, p.lines = fmt.Sprintf("[%s] %s", match[1], stepName(match[2])), time.Now(), false, nil
		p.steps++
		p.sink(p.event(event.Working))
		return
	}
	if match := classicID.FindStringSubmatch(text); match != nil {
		p.id = match[1]
		return
	}
	if strings.Contains(text, "Using cache") {
		p.hit = true
		return
	}
	if text == "" || strings.HasPrefix(text, " ---> ") || strings.HasPrefix(text, "--> ") {
		return
	}
	p.lines = append(p.lines, text)
	p.lines = p.lines[max(0, len(p.lines)-keepLines):]
	if p.name != "" {
		e := p.event(event.Working)
		e.Text, e.Stream = text, "stdout"
		p.sink(e)
	}
}

func (p *classicProgress) end(state event.State) {
	if p.name == "" {
		return
	}
	e := p.event(state)
	if e.Took = time.Since(p.began); p.hit && state == event.Done {
		e.State, e.Took = event.Cached, 0
	}
	p.cached = p.cached && (p.hit || slices.ContainsFunc(metadata, func(word string) bool { return strings.Contains(p.name, "] "+word+" ") }))
	p.sink(e)
	p.name = ""
}

// metadata are the instructions that do no work worth naming.
var metadata = []string{"FROM", "ARG", "ENV", "LABEL", "EXPOSE", "CMD", "ENTRYPOINT", "USER", "WORKDIR"}

func (p *classicProgress) event(state event.State) event.Event {
	return event.Event{Kind: event.Step, ID: p.service + "/" + p.name, Name: p.name, Parent: p.service, State: state}
}
