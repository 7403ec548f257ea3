package build

import (
	"maps"
	"net"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/project"
)

// Spec is one image that is to be built: the build section of a service, with
// every path absolute. The zero value of a field means what Compose means by it.
type Spec struct {
	Service    string // the service that the image is for
	Project    string // the project's name, for the labels
	Root       string // the project's directory; messages name files relative to it
	Image      string // the tag that the service runs
	Tags       []string
	Context    string // absolute directory, or the URL of a remote context
	Dockerfile string // absolute file; of a remote context the path inside it; unused with Inline
	Inline     string // the Dockerfile itself
	Target     string
	Args       map[string]*string // nil value: declared without a value
	Labels     map[string]string
	Contexts   map[string]string // additional contexts: absolute directory or URL
	Bases      map[string]Spec   // additional contexts that are the images of other services
	Secrets    []Secret
	SSH        []SSH
	Network    string
	ExtraHosts []string // host=address
	ShmSize    int64    // bytes
	Ulimits    []string // name=soft:hard
	Platform   string
	Platforms  []string          // what the image is published for: see [Options].Publish
	Attest     map[string]string // attestations of a published image: "provenance" or "sbom" and their parameters
	CacheFrom  []string
	CacheTo    []string
	NoCache    bool
	SkipCache  []string // stages that are built without the cache
	Pull       bool
	Allow      []string // entitlements: network.host, security.insecure

	Hidden []string // container paths that bind mounts hide when the service runs
	Shown  []string // volumes below a hidden path: a new one starts as a copy of the image's directory
	// Large is called, before any of them is read, when the files of a context that decide
	// what the image is come to more than a gigabyte: with their bytes, and the entry of the
	// context that holds most of them. nil tells no one.
	Large func(bytes int64, most string) `json:"-"`

	Points []string // directories of this machine that something is mounted in when the service runs
}

// Secret is a secret of the build section. Its value never leaves the session
// with the engine.
type Secret struct {
	ID    string
	File  string // absolute path, or empty
	Value string `json:"-"` // used without File
}

// SSH is an agent socket or key that the build may use.
type SSH struct {
	ID   string // "default" unless named
	Path string // socket or key file; empty: the user's agent
}

// Local reports whether the context is a directory on this machine.
func (s Spec) Local() bool { return !isRemote(s.Context) }

// Specs says which images the services of the project need built, in the order
// of the services' names. It is pure. Its errors are [fail.Config]: a service
// whose additional contexts lead back to itself, or name a service that is not
// built, and a secret that the project does not have.
func Specs(p *project.Project) ([]Spec, error) { return composeSpecs(p.Project) }

func composeSpecs(p *types.Project) ([]Spec, error) {
	var specs []Spec
	made := map[string]Spec{}
	for _, name := range slices.Sorted(maps.Keys(p.Services)) {
		if p.Services[name].Build == nil {
			continue
		}
		spec, err := composeSpec(p, name, nil, made)
		if err != nil {
			return nil, err
		}
		specs = append(specs, spec)
	}
	return withBases(specs), nil
}

// withBases adds the images that others are built from and whose services are not
// among those that run: a profile or a selection of services left them out.
func withBases(specs []Spec) []Spec {
	known := map[string]bool{}
	for _, s := range specs {
		known[s.Service] = true
	}
	for i := 0; i < len(specs); i++ {
		for _, name := range slices.Sorted(maps.Keys(specs[i].Bases)) {
			if base := specs[i].Bases[name]; !known[base.Service] {
				known[base.Service] = true
				specs = append(specs, base)
			}
		}
	}
	slices.SortFunc(specs, func(a, b Spec) int { return strings.Compare(a.Service, b.Service) })
	return specs
}

// serviceOf gives a service, one too that does not run because of a profile or of
// a selection.
func serviceOf(p *types.Project, name string) (types.ServiceConfig, bool) {
	if s, ok := p.Services[name]; ok {
		return s, true
	}
	s, ok := p.DisabledServices[name]
	return s, ok
}

// attestations are the parameters of the attestations that a build section asks for;
// an empty one is the default of its kind.
func attestations(b *types.BuildConfig) map[string]string {
	var wanted map[string]string
	want := func(kind, parameters string) {
		if wanted == nil {
			wanted = map[string]string{}
		}
		wanted[kind] = parameters
	}
	for kind, value := range map[string]string{"provenance": b.Provenance, "sbom": b.SBOM} {
		switch value {
		case "", "false":
		case "true":
			want(kind, "")
		default:
			want(kind, value)
		}
	}
	return wanted
}

// composeSpec translates one service. above are the services whose additional
// contexts led here. made has the specs that are complete: there may be many ways to one.
func composeSpec(p *types.Project, name string, above []string, made map[string]Spec) (Spec, error) {
	if s, ok := made[name]; ok {
		return s, nil
	}
	svc, _ := serviceOf(p, name)
	b := svc.Build
	s := Spec{
		Service:    name,
		Project:    p.Name,
		Root:       p.WorkingDir,
		Image:      svc.Image,
		Tags:       b.Tags,
		Context:    b.Context,
		Inline:     b.DockerfileInline,
		Target:     b.Target,
		Args:       b.Args,
		Labels:     b.Labels,
		Network:    b.Network,
		ShmSize:    int64(b.ShmSize),
		Platforms:  b.Platforms,
		Attest:     attestations(b),
		CacheFrom:  b.CacheFrom,
		CacheTo:    b.CacheTo,
		NoCache:    b.NoCache,
		SkipCache:  b.NoCacheFilter,
		Pull:       b.Pull,
		Allow:      slices.Clone(b.Entitlements),
		ExtraHosts: b.ExtraHosts.AsList("="),
		Ulimits:    ulimits(b.Ulimits),
		Platform:   platform(svc.Platform, b.Platforms),
	}
	if s.Image == "" {
		s.Image = p.Name + "-" + name
	}
	slices.Sort(s.ExtraHosts)
	s.Dockerfile = dockerfilePath(s.Context, b.Dockerfile)
	if b.Privileged {
		s.Allow = append(s.Allow, "security.insecure")
	}
	if s.Network == "host" && !slices.Contains(s.Allow, "network.host") {
		s.Allow = append(s.Allow, "network.host")
	}
	for _, key := range b.SSH {
		s.SSH = append(s.SSH, SSH(key))
	}
	s.Hidden, s.Shown = mounts(svc.Volumes)
	s.Points = mountPoints(svc.Volumes)
	if err := s.addSecrets(p, b.Secrets); err != nil {
		return Spec{}, err
	}
	if err := s.addContexts(p, b.AdditionalContexts, append(slices.Clone(above), name), made); err != nil {
		return Spec{}, err
	}
	made[name] = s
	return s, nil
}

// dockerfilePath resolves the Compose key dockerfile, which is relative to the
// context.
func dockerfilePath(context, dockerfile string) string {
	if dockerfile == "" {
		dockerfile = "Dockerfile"
	}
	if isRemote(context) || filepath.IsAbs(dockerfile) {
		return dockerfile
	}
	return filepath.Join(context, filepath.FromSlash(dockerfile))
}

func (s *Spec) addSecrets(p *types.Project, wanted []types.ServiceSecretConfig) error {
	for _, w := range wanted {
		config, ok := p.Secrets[w.Source]
		if !ok {
			return fail.New(fail.Config, "declare it under the top-level key secrets", "the build of %s uses the secret %q, which the project does not have", s.Service, w.Source)
		}
		secret := Secret{ID: w.Target, File: config.File, Value: config.Content}
		if secret.ID == "" {
			secret.ID = w.Source
		}
		if config.Environment != "" && secret.Value == "" {
			secret.Value = p.Environment[config.Environment]
		}
		s.Secrets = append(s.Secrets, secret)
	}
	return nil
}

// addContexts keeps the additional contexts apart from those that are another
// service's image.
func (s *Spec) addContexts(p *types.Project, contexts map[string]string, above []string, made map[string]Spec) error {
	for _, name := range slices.Sorted(maps.Keys(contexts)) {
		service, ok := strings.CutPrefix(contexts[name], types.ServicePrefix)
		if !ok {
			if s.Contexts == nil {
				s.Contexts = map[string]string{}
			}
			s.Contexts[name] = contexts[name]
			continue
		}
		if slices.Contains(above, service) {
			return fail.New(fail.Config, "break the circle in additional_contexts", "the image of %s is built from itself: %s", service, strings.Join(append(above, service), " → "))
		}
		base, ok := serviceOf(p, service)
		if !ok || base.Build == nil {
			return fail.New(fail.Config, "name a service that has a build section", "the additional context %q of %s is the service %q, which is not built here", name, s.Service, service)
		}
		spec, err := composeSpec(p, service, above, made)
		if err != nil {
			return err
		}
		if s.Bases == nil {
			s.Bases = map[string]Spec{}
		}
		s.Bases[name] = spec
	}
	return nil
}

// mounts are the container paths that bind mounts hide, and the volumes below
// them.
func mounts(volumes []types.ServiceVolumeConfig) (hidden, shown []string) {
	for _, v := range volumes {
		if v.Type == types.VolumeTypeBind {
			hidden = append(hidden, path.Clean(v.Target))
		}
	}
	for _, v := range volumes {
		if v.Type == types.VolumeTypeVolume && isBelow(path.Clean(v.Target), hidden) {
			shown = append(shown, path.Clean(v.Target))
		}
	}
	return hidden, shown
}

// isBelow reports whether the container path is one of the directories or inside one.
func isBelow(name string, directories []string) bool {
	return slices.ContainsFunc(directories, func(directory string) bool {
		return name == directory || directory == "/" || strings.HasPrefix(name, directory+"/")
	})
}

// platform is the one platform to build for: the engine stores images of one
// only, so a list of several leaves the choice to it.
func platform(service string, list []string) string {
	if service == "" && len(list) == 1 {
		return list[0]
	}
	return service
}

func ulimits(limits map[string]*types.UlimitsConfig) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		limit := limits[name]
		soft, hard := limit.Soft, limit.Hard
		if limit.Single != 0 {
			soft, hard = limit.Single, limit.Single
		}
		list = append(list, name+"="+strconv.Itoa(soft)+":"+strconv.Itoa(hard))
	}
	return list
}

// isRemote reports whether the engine fetches the context itself.
func isRemote(context string) bool {
	return strings.Contains(context, "://") || strings.HasPrefix(context, "git@") || strings.HasPrefix(context, "github.com/")
}

// hasGateway reports whether an extra host is the engine's machine.
func hasGateway(hosts []string) bool {
	return slices.ContainsFunc(hosts, func(h string) bool { return strings.HasSuffix(h, "=host-gateway") })
}

// extraHosts is the list as BuildKit takes it; it knows addresses only.
func extraHosts(hosts []string, gateway string) string {
	var out []string
	for _, host := range hosts {
		name, address, _ := strings.Cut(host, "=")
		if address == "host-gateway" {
			address = gateway
		}
		if net.ParseIP(strings.Trim(address, "[]")) != nil {
			out = append(out, name+"="+strings.Trim(address, "[]"))
		}
	}
	return strings.Join(out, ",")
}
