package plan

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/project"
)

// Labels by which resources are found again. The first group is Compose's, so
// that its tools show what devup started; the second is devup's own.
const (
	LabelProject    = "com.docker.compose.project"
	LabelService    = "com.docker.compose.service"
	LabelNumber     = "com.docker.compose.container-number"
	LabelSlug       = "com.docker.compose.slug" // on a one-off container: the end of its name
	LabelOneOff     = "com.docker.compose.oneoff"
	LabelHash       = "com.docker.compose.config-hash"
	LabelImage      = "com.docker.compose.image"
	LabelWorkingDir = "com.docker.compose.project.working_dir"
	LabelFiles      = "com.docker.compose.project.config_files"
	LabelDependsOn  = "com.docker.compose.depends_on"
	LabelReplace    = "com.docker.compose.replace"
	LabelNetwork    = "com.docker.compose.network"
	LabelVolume     = "com.docker.compose.volume"
	LabelVersion    = "com.docker.compose.version"
	LabelHook       = "com.docker.compose.hook" // on the container of a hook: its kind

	LabelImageVolumes = "com.docker.compose.image-volume-digest" // the images that are mounted: TARGET=ID, comma-separated

	LabelFields   = "dev.devup.config"       // field -> short hash, so that a changed field can be named
	LabelCause    = "dev.devup.cause"        // why the container was made
	LabelMoved    = "dev.devup.moved-ports"  // the ports that the config asked for, where others had to be taken
	LabelInputs   = "dev.devup.build-inputs" // hash of what the image was built from
	LabelOptional = "dev.devup.optional"     // those of LabelDependsOn with required: false, comma-separated
	LabelMask     = "dev.devup.mask"         // on a volume that only keeps what the image holds: "service:target"
	LabelMasked   = "dev.devup.mask.image"   // on such a volume: the ID of the image
	LabelMade     = "dev.devup.made"         // on a volume: when devup made it; Docker 20.10 gives the time of its last change instead
)

// The values of [LabelHook]: of a pre_start hook, and of the installation of packages, which only
// a killed run leaves behind.
const (
	HookPreStart = "pre_start"
	HookPackages = "packages"
)

// ComposeVersion is the value of [LabelVersion].
const ComposeVersion = project.ComposeVersion

// Mount is a mount of a container that exists.
type Mount struct {
	Type   string // "bind", "volume", "tmpfs"
	Name   string // of a volume
	Source string // of a bind: the path on the engine's host
	Target string
}

// Container is a container of the project as the engine shows it.
type Container struct {
	ID, Name   string
	Service    string
	Number     int
	OneOff     bool   // it runs a command, or a hook, and belongs to no number
	Hook       bool   // it ran a pre_start hook
	State      string // "running", "created", "exited", "paused", "restarting", "dead", "removing"
	Health     string // "healthy", "unhealthy", "starting"; empty without a healthcheck
	ExitCode   int    // of one that has ended
	Image      string // ID of its image
	Hash       string // value of [LabelHash], which Compose writes too
	Fields     string // value of [LabelFields]; empty for a container of Compose's
	Cause      string // value of [LabelCause]
	Moved      string // value of [LabelMoved]; empty when every port is the one that the config asked for
	Created    int64  // when it was made, in seconds since 1970
	Inputs     string // value of [LabelInputs]
	DependsOn  []string
	Conditions map[string]string // of DependsOn, what they have to be before it starts; none for those that only start
	Follows    []string          // those of DependsOn that it is restarted after, when they are (restart: true)
	Optional   []string          // those of DependsOn without which it starts, too (required: false)
	Replaces   string            // name of the container that it was made to replace; empty for none
	WorkingDir string
	Mounts     []Mount
	Ports      []PublishedPort
	Joins      string            // ID or name of the container whose network it shares; empty for none
	Networks   map[string]string // network name -> network ID; the ID is empty before the first start

	// ImageVolumes is the value of [LabelImageVolumes]; empty for a container that mounts
	// no image, or was made by a Compose that does not say.
	ImageVolumes string
}

// Network is a network of the project.
type Network struct {
	ID, Name string
	Key      string // in the project
	Hash     string // value of [LabelHash]; empty for a network of an old Compose
	Fields   string // value of [LabelFields]; empty for a network of Compose's
}

// Volume is a volume of the project. Mask is the value of its [LabelMask]: empty
// for a volume that may hold data. The other fields are as in [Network].
type Volume struct {
	Name    string
	Mask    string
	Image   string // value of [LabelMasked]: the ID of the image that filled it
	Key     string
	Hash    string
	Fields  string
	Created string // when it was made, as text; empty where that is not known
}

// PublishedPort is a port of a running container that is open on the host.
type PublishedPort struct {
	HostIP         string
	Public, Target int
	Protocol       string
}

// Up reports whether the container's process runs or is about to.
func (c Container) Up() bool { return c.State == "running" || c.State == "restarting" }

// Observed is one snapshot of the engine: what carries the project's name.
type Observed struct {
	Containers []Container
	Networks   []Network         // networks with the project's label
	Volumes    []Volume          // volumes with the project's label
	Images     map[string]string // reference -> image ID, for the references that were asked for
}

// Of gives the containers of a service without one-off ones, by number.
func (o Observed) Of(service string) []Container {
	var found []Container
	for _, c := range o.Containers {
		if c.Service == service && !c.OneOff {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b Container) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name))
	})
	return found
}

// Network gives the network of a name, if the project has it.
func (o Observed) Network(name string) (Network, bool) {
	i := slices.IndexFunc(o.Networks, func(n Network) bool { return n.Name == name })
	if i < 0 {
		return Network{}, false
	}
	return o.Networks[i], true
}

// Volume gives the volume of a name, if the project has it.
func (o Observed) Volume(name string) (Volume, bool) {
	i := slices.IndexFunc(o.Volumes, func(v Volume) bool { return v.Name == name })
	if i < 0 {
		return Volume{}, false
	}
	return o.Volumes[i], true
}

// MaskVolumes gives the anonymous volumes of a container that lie inside one of its
// bind mounts, by target: the node_modules idiom. They hold what the image
// holds, never data, and are renewed with the image.
func (c Container) MaskVolumes() map[string]string { return c.anonymous(true) }

// Data gives the other anonymous volumes of a container, by target. They may
// hold a database and are carried over when the container is replaced.
func (c Container) Data() map[string]string { return c.anonymous(false) }

func (c Container) anonymous(shadowing bool) map[string]string {
	found := map[string]string{}
	for _, m := range c.Mounts {
		if m.Type == "volume" && anonymousName(m.Name) && underBind(m.Target, c.Mounts) == shadowing {
			found[m.Target] = m.Name
		}
	}
	return found
}

// anonymousName recognises the names that the engine invents: 64 hex digits.
func anonymousName(name string) bool {
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}

func underBind(target string, mounts []Mount) bool {
	return slices.ContainsFunc(mounts, func(m Mount) bool {
		return m.Type == "bind" && strings.HasPrefix(path.Clean(target)+"/", path.Clean(m.Target)+"/")
	})
}
