package build

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/distribution/reference"
	bkclient "github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/tonistiigi/fsutil"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// gatewayLabel is where the engine's BuildKit says what "host-gateway" is.
const gatewayLabel = "org.mobyproject.buildkit.worker.moby.host-gateway-ip"

// buildKit builds over one connection; every image has a session of its own,
// because the frontend reads the one directory of its session that is named context.
type buildKit struct {
	client      *bkclient.Client
	engine      Engine
	options     Options
	credentials authprovider.AuthConfigProvider
	gateway     func(context.Context) string
}

// dial connects to the engine's BuildKit as buildx does. Nothing is sent yet.
func dial(ctx context.Context, e Engine, o Options) (*buildKit, error) {
	c, err := bkclient.New(ctx, "",
		bkclient.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return e.DialHijack(ctx, "/grpc", "h2c", nil)
		}),
		bkclient.WithSessionDialer(func(ctx context.Context, proto string, meta map[string][]string) (net.Conn, error) {
			return e.DialHijack(ctx, "/session", proto, meta)
		}))
	if err != nil {
		return nil, fail.Wrap(err, fail.BuildFailed, "check the engine with devup doctor", "the engine's BuildKit cannot be reached: %v", err)
	}
	b := &buildKit{client: c, engine: e, options: o, credentials: o.credentials()}
	var once sync.Once
	var address string
	b.gateway = func(ctx context.Context) string {
		once.Do(func() { address = hostGateway(ctx, c) })
		return address
	}
	return b, nil
}

func (b *buildKit) close() { _ = b.client.Close() } // nothing was left to send

// hostGateway asks for the address behind "host-gateway"; empty when the engine
// does not say (20.10).
func hostGateway(ctx context.Context, c *bkclient.Client) string {
	workers, err := c.ListWorkers(ctx)
	if err != nil {
		return ""
	}
	for _, w := range workers {
		if address := w.Labels[gatewayLabel]; address != "" {
			return address
		}
	}
	return ""
}

func (b *buildKit) build(ctx context.Context, s Spec) (result, error) {
	s, err := b.published(ctx, s)
	if err != nil {
		return result{}, err
	}
	if s, err = b.cached(ctx, s); err != nil {
		return result{}, err
	}
	def, err := readDefinition(s)
	if err != nil {
		return result{}, err
	}
	if err := checkTarget(s, def); err != nil {
		return result{}, err
	}
	j := job{builder: b, spec: s, def: def}
	if err := j.extend(b.grant(s, def)); err != nil {
		b.warn(s, err.Error())
	}
	built, err := j.solve(ctx)
	if err == nil || ctx.Err() != nil {
		return built, err
	}
	switch cause := diagnose.ExplainError(diagnose.Builder, err); cause.Reason {
	case diagnose.SecretVariables:
		b.warn(s, "its builder is older than Docker 27.3: steps that install packages get no password of a proxy")
		if err := j.extend(j.grant.WithoutVariables()); err == nil {
			return j.solve(ctx)
		}
	case diagnose.ImageNamed:
		return j.solve(ctx)
	case diagnose.FetchFailed:
		if plain, ok := j.sent.withoutSyntax(); ok && !def.remote && strings.Contains(cause.Lines[0], "docker/dockerfile") {
			b.warn(s, "the frontend image of the Dockerfile's syntax line cannot be fetched: the engine's own frontend reads it")
			j.sent = plain
			built, err = j.solve(ctx)
		}
	}
	return built, err
}

// grant is what the build gets of this machine's settings. A frontend that is not Docker's
// gets no credential: it would learn where each is mounted, and could mount it elsewhere.
func (b *buildKit) grant(s Spec, def definition) egress.Grant {
	settings := b.options.Egress
	if s.unknownFrontend(def.text) {
		settings = settings.Allow(nil, "")
	}
	return settings.For(string(def.text)).Build()
}

// extend puts a grant into the Dockerfile. The error says why the build has to do without.
func (j *job) extend(grant egress.Grant) error {
	sent, ok := rewrite(j.def.text, grant, func(name string) bool { _, given := j.spec.Args[name]; return given })
	j.sent, j.grant = sent, grant
	switch {
	case j.def.remote && len(grant.All()) > 0:
		j.sent = rewritten{}
		return errors.New("its Dockerfile is in a remote context: the build gets this machine's proxies, but not its CA bundle and package indexes")
	case !ok && !j.def.remote:
		return errors.New("its Dockerfile cannot be extended: the build gets this machine's proxies, but not its CA bundle and package indexes")
	}
	return nil
}

func (b *buildKit) warn(s Spec, text string) {
	b.options.Sink(event.Event{Kind: event.Note, ID: "build " + s.Service + ": " + text, Name: s.Service, State: event.Warning, Text: text})
}

// checkTarget says which stages there are when the wanted one is not.
func checkTarget(s Spec, def definition) error {
	if s.Target == "" || def.remote {
		return nil
	}
	stages, _, err := parseDockerfile(def.text)
	if err != nil || stageIndex(stages, s.Target) >= 0 {
		return nil // an unreadable file is BuildKit's to complain about, with the line
	}
	var names []string
	for _, stage := range stages {
		if stage.Name != "" {
			names = append(names, stage.Name)
		}
	}
	hint := "its stages have no names: add AS " + s.Target + " to a FROM line, or remove target"
	if len(names) > 0 {
		hint = "set build.target to one of " + strings.Join(names, ", ")
	}
	e := configError(s, nil, hint, "the Dockerfile of %s has no stage %q", s.Service, s.Target)
	e.File = s.dockerfileName()
	return e
}

// dockerfileName is the Dockerfile as the user knows it.
func (s Spec) dockerfileName() string {
	if s.Inline != "" {
		return ""
	}
	return s.relative(s.Dockerfile)
}

// attributes are the frontend's options.
func (b *buildKit) attributes(ctx context.Context, s Spec, def definition) (map[string]string, error) {
	a := map[string]string{"filename": "Dockerfile"}
	set := func(key, value string) {
		if value != "" {
			a[key] = value
		}
	}
	set("target", s.Target)
	set("platform", s.Platform)
	if len(s.Platforms) > 0 {
		a["platform"] = strings.Join(s.Platforms, ",")
	}
	for kind, parameters := range s.Attest {
		a["attest:"+kind] = parameters
	}
	set("force-network-mode", networkMode(s.Network))
	set("ulimit", strings.Join(s.Ulimits, ","))
	if s.ShmSize > 0 {
		a["shm-size"] = strconv.FormatInt(s.ShmSize, 10)
	}
	if b.options.Pull || s.Pull {
		a["image-resolve-mode"] = "pull"
	}
	if b.options.NoCache || s.NoCache {
		a["no-cache"] = ""
	} else if len(s.SkipCache) > 0 {
		a["no-cache"] = strings.Join(s.SkipCache, ",")
	}
	for name, value := range b.options.Egress.Build().Proxy {
		a["build-arg:"+name] = value
	}
	for name, value := range s.Args {
		if value != nil {
			a["build-arg:"+name] = *value
		}
	}
	for name, value := range s.labels() {
		a["label:"+name] = value
	}
	hosts, err := b.hosts(ctx, s)
	if err != nil {
		return nil, err
	}
	set("add-hosts", hosts)
	if !s.Local() {
		a["context"] = remoteURL(s.Context)
		if def.remote {
			a["filename"] = s.Dockerfile
		} else {
			a["dockerfilekey"] = "dockerfile"
		}
	}
	s.contextAttributes(a)
	return a, nil
}

// hosts are the extra hosts as the frontend takes them.
func (b *buildKit) hosts(ctx context.Context, s Spec) (string, error) {
	gateway := ""
	if hasGateway(s.ExtraHosts) {
		if gateway = b.gateway(ctx); gateway == "" {
			return "", configError(s, nil, "write the address of the engine's machine there, 172.17.0.1 mostly", "the build of %s uses host-gateway in extra_hosts, and this engine does not say which address that is", s.Service)
		}
	}
	return extraHosts(s.ExtraHosts, gateway), nil
}

// contextAttributes names the additional contexts to the frontend.
func (s Spec) contextAttributes(a map[string]string) {
	for name, where := range s.Contexts {
		if isRemote(where) {
			a["context:"+name] = remoteURL(where)
		} else {
			a["context:"+name] = "local:" + sessionName(name)
		}
	}
	for name, base := range s.Bases {
		a["context:"+name] = "docker-image://" + normalized(base.Image)
	}
	if len(s.Contexts)+len(s.Bases) > 0 {
		// An old frontend that knows no contexts says so instead of ignoring them.
		a["frontend.caps"] = "moby.buildkit.frontend.contexts+forward"
	}
}

// labels are the image's: the user's and those that Compose sets.
func (s Spec) labels() map[string]string {
	labels := maps.Clone(s.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["com.docker.compose.project"] = s.Project
	labels["com.docker.compose.service"] = s.Service
	labels["com.docker.compose.version"] = project.ComposeVersion
	return labels
}

// sources are the local directories that the session hands out.
type sources struct {
	mounts map[string]fsutil.FS
	opened []*contextDir
}

// sources opens the directories that a build reads. The caller closes them.
func (s Spec) sources(def definition, sent rewritten) (*sources, error) {
	all := &sources{mounts: map[string]fsutil.FS{}}
	if !def.remote {
		files := memory{"Dockerfile": sent.text}
		if def.ignore != nil {
			files["Dockerfile.dockerignore"] = def.ignore
		}
		all.mounts["dockerfile"] = files
	}
	if s.Local() {
		if err := all.add("context", s); err != nil {
			all.close()
			return nil, err
		}
	}
	for name, where := range s.Contexts {
		if isRemote(where) {
			continue
		}
		if err := all.add(sessionName(name), Spec{Service: s.Service, Root: s.Root, Context: where}); err != nil {
			all.close()
			return nil, err
		}
	}
	return all, nil
}

// add opens the context of a spec under a name of the session.
func (a *sources) add(name string, s Spec) error {
	dir, err := s.open()
	if err != nil {
		return contextError(s, err)
	}
	a.mounts[name], a.opened = dir, append(a.opened, dir)
	return nil
}

func (a *sources) close() {
	for _, dir := range a.opened {
		_ = dir.Close() // it was only read
	}
}

// sessionName is what the session calls an additional context: never as the two directories
// that every build has, context and dockerfile.
func sessionName(name string) string { return "additional-" + name }

// imageNames is the exporter's list of tags.
func (s Spec) imageNames() (string, error) {
	names := append([]string{s.Image}, s.Tags...)
	for i, name := range names {
		if _, err := reference.ParseNormalizedNamed(name); err != nil {
			return "", configError(s, err, "a variable in image: or tags: may be unset", "the image name %q of %s is not valid", name, s.Service)
		}
		names[i] = normalized(name)
	}
	slices.Sort(names[1:])
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(slices.Compact(names)) // a Builder does not fail
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// normalized is the full name with its tag: docker.io/library/x:latest.
func normalized(name string) string {
	ref, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return name
	}
	return reference.TagNameOnly(ref).String()
}

// networkMode is how BuildKit names Compose's build.network. It has no named
// networks, which package project refuses.
func networkMode(network string) string {
	if network == "host" || network == "none" {
		return network
	}
	return ""
}

// remoteURL spells a context as the frontend understands it.
func remoteURL(context string) string {
	if strings.HasPrefix(context, "github.com/") {
		return "https://" + context
	}
	return context
}

// imageID is the ID that the engine will show for a container of the image: the
// digest of the configuration in the classic image store, of the manifest in
// containerd's. The exporter calls both containerimage.digest.
func imageID(response map[string]string) string {
	return cmp.Or(response["containerimage.digest"], response["containerimage.config.digest"])
}
