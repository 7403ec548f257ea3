package scaffold

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/untrusted"
)

// projectView is what devup.yaml and the workspace files say.
type projectView struct {
	Project  string         // empty in devup.yaml where the compose files name the project
	OnTop    bool           // compose files are loaded before devup.yaml
	Networks []loopbackView // the services that hold a network for others
	Includes []string
	Services []serviceView
	Data     []dataView
	Volumes  []string     // of the data services
	Copies   []copyView   // examples of env files, and what they are copied to
	Secrets  []secretView // what is generated once in a checkout
	Asks     []askView    // what the user is asked for
	Ports    []portView
	Install  string
	Go       bool // Install needs Go
	Ona      bool // Ona is one of the places where the project is opened
}

// serviceView is a service in devup.yaml. One that a compose file has already gets
// nothing but what is added on top.
type serviceView struct {
	Key         string          // the service's name in the merged Compose model
	Full        bool            // no compose file has it, so that all of it stands here
	Image       untrusted.Inert // of a service with workers, which run in it; empty for the usual name
	ImageOf     untrusted.Inert // of a worker: the service whose image it is
	Context     string          // "./backend-flask"
	Dockerfile  string          // empty for the usual name
	Ours        bool            // the Dockerfile is one that we render
	Port        int
	HostPort    int
	Network     string   // the service whose network it shares; empty for its own
	Aliases     []string // other names by which the source of others calls it
	Reached     int      // the port at which that network reaches it
	Command     []string // instead of the Dockerfile's; nil to keep that
	Worker      bool     // Command is another process of a service's code
	Environment []setting
	Needs       []dependency
	Unset       []untrusted.Inert
	EnvFiles    []string
	Workdir     string
	Mount       string   // the source over the image's copy: "./backend-flask:/backend-flask"; empty for none
	LongMount   bool     // the path holds a colon, which the short form cannot
	Kept        []string // the anonymous volumes that keep the image's packages visible under Mount
	Extension   bool     // there is something under x-devup
	Stack       untrusted.Inert
	Ready       string
	Migrate     []string // the command of a setup step; nil for none
	Changed     []string // the files of which a change lets it run again
	Seed        []string // the command of one that fills the database; nil for none
	SeedOnce    bool     // it runs; else it is only offered
	Routes      []string // what a gateway leads to it; nil for none
	Public      bool
	Why         untrusted.Inert // the reason for Public
	Closed      bool            // it has a port and is not public
}

// portView is a port in the files of the workspaces.
type portView struct {
	Number int
	Name   string
	Page   bool // people look at it: it is opened when it comes up
	Public bool
	Why    untrusted.Inert // the reason for Public; empty where it needs none
}

// projectFiles makes the files of the repository as a whole.
func projectFiles(repo detect.Repository, o Options) ([]File, error) {
	if o.Platforms == nil {
		o.Platforms = usual()
	}
	view := newProjectView(repo, o)
	workspace := view
	if workspace.Project == "" {
		workspace.Project = "devup"
	}
	if view.OnTop {
		view.Project = "" // what docker compose calls the project now, it stays called
	}
	var files []File
	add := func(name string, v projectView) error {
		content, err := render(path.Join(projectTemplates, name), v)
		files = append(files, File{Path: name, Content: content})
		return err
	}
	if len(view.Services)+len(view.Includes)+len(view.Data) > 0 { // else the compose files say all there is to say
		if err := add("devup.yaml", view); err != nil {
			return nil, err
		}
	}
	for _, w := range workspaceFiles() {
		if w.read(o.Platforms) {
			if err := add(w.path, workspace); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func newProjectView(repo detect.Repository, o Options) projectView {
	view := projectView{
		Project: projectName(o.Name),
		OnTop:   len(repo.Compose) > 0,
		Install: o.Install,
		Go:      strings.HasPrefix(o.Install, "go install "),
		Ona:     slices.Contains(o.Platforms, Ona),
	}
	view.Includes = escapeAll(repo.Includes)
	shared := loopbacks(repo, o)
	for _, l := range shared {
		view.Networks = append(view.Networks, newLoopbackView(repo, l))
	}
	for _, s := range repo.Services {
		if v := newServiceView(repo, s, loopbackOf(shared, s.Name)); !s.Included && (v.Full || v.Extension || len(v.Environment)+len(v.Needs) > 0) {
			view.Services = append(view.Services, withWorkers(repo, s, v)...)
		}
		if s.Port.Number > 0 && !slices.ContainsFunc(view.Ports, func(p portView) bool { return p.Number == s.HostPort }) {
			view.Ports = append(view.Ports, portView{Number: s.HostPort, Name: s.Name, Page: s.Frontend, Public: o.opens(s), Why: o.why(s)})
		}
	}
	view.addData(repo.Data, shared)
	view.setup(repo)
	if o.Gateway > 0 { // browsers reach the rest through it, so nothing else has to be open
		public := !slices.ContainsFunc(view.Ports, func(p portView) bool { return !p.Public }) // it leads to all of them
		for i := range view.Ports {
			view.Ports[i].Page, view.Ports[i].Public, view.Ports[i].Why = false, false, ""
		}
		view.Ports = append(view.Ports, portView{Number: o.Gateway, Name: "gateway", Page: true, Public: public})
	}
	return view
}

func newServiceView(repo detect.Repository, s detect.Service, shared detect.Loopback) serviceView {
	v := serviceView{
		Key:     key(s),
		Full:    s.Compose == "",
		Network: shared.Name,
		Stack:   untrusted.ServiceName(s.StackName),
		Public:  s.Public.Text != "",
		Why:     untrusted.Comment(s.Public.Text),
	}
	v.Closed = s.Port.Number > 0 && !v.Public
	if readyPath.MatchString(s.Ready) {
		v.Ready = escape(s.Ready)
	}
	v.Routes = escapeAll(s.Routes)
	v.Environment = environment(repo, s, shared)
	v.Needs = append(dependencies(repo, s), siblings(repo, s)...)
	if !v.Full {
		if s.Dockerfile != "" {
			v.Stack = "" // nothing is left to scaffold
		}
		v.Extension = v.Stack != "" || v.Ready != "" || len(v.Routes) > 0 || v.Public
		return v
	}
	v.Unset, v.Aliases = unset(repo, s), escapeAll(s.Aliases)
	for _, f := range s.EnvFiles {
		if f.Pass {
			v.EnvFiles = append(v.EnvFiles, "./"+escape(f.Path))
		}
	}
	v.Command, v.Migrate, v.Seed = escapeAll(s.Command), escapeAll(s.Migrate), escapeAll(s.Seed.Command)
	v.SeedOnce = s.Seed.Once
	v.Changed = escapeAll(s.MigrateFiles)
	v.Extension = v.Stack != "" || v.Ready != "" || len(v.Routes)+len(v.Migrate)+len(v.Seed) > 0 || v.Public
	v.Context = "./" + escape(s.Context())
	if s.Context() == "." {
		v.Context = "."
	}
	v.Port, v.HostPort, v.Reached = s.Port.Number, s.HostPort, reached(s)
	v.Ours = s.Dockerfile == ""
	name := s.Dockerfile
	if v.Ours {
		name = dockerfileName(repo, s)
		v.Workdir = string(s.Root())
		v.Mount = v.Context + ":" + v.Workdir
		v.LongMount = strings.Contains(v.Context, ":")
		if of := stacks.Default(s.StackName); of != nil && of.Language.KeptDirs != nil {
			for _, dir := range of.Language.KeptDirs(s) {
				v.Kept = append(v.Kept, path.Join(v.Workdir, escape(dir)))
			}
		}
	}
	if s.Mounted != "" {
		v.Workdir, v.Kept = escape(s.Mounted), escapeAll(s.Installed)
		v.Mount, v.LongMount = v.Context+":"+v.Workdir, strings.Contains(v.Context, ":")
	}
	if name = path.Join(s.Member(), name); name != "Dockerfile" {
		v.Dockerfile = escape(name)
	}
	return v
}

// imageName is what the name of an image may be.
var imageName = lazyregexp.New(`^[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

// withWorkers are a service and its workers: its image with another command, which nothing
// outside reaches. They have one image, where the service's name can be part of its name.
func withWorkers(repo detect.Repository, s detect.Service, of serviceView) []serviceView {
	workers := Workers(repo, s)
	if name := untrusted.ServiceName(strings.ToLower(of.Key)); len(workers) > 0 && imageName.MatchString(string(name)) {
		of.Image = "${COMPOSE_PROJECT_NAME}-" + name
	}
	views := []serviceView{of}
	for _, w := range workers {
		v := of
		v.Key, v.ImageOf = w.Service, untrusted.Comment(of.Key)
		v.Command, v.Worker = escapeAll(w.Command), true
		v.Port, v.HostPort, v.Closed, v.Public = 0, 0, false, false
		v.Ready, v.Migrate, v.Seed, v.Routes = "", nil, nil, nil
		views = append(views, v)
	}
	return views
}

// Worker is a worker of a service, with what Compose calls it.
type Worker struct {
	Service string
	stack.Worker
}

// Workers are those of a service that devup.yaml runs, each with a key that no other service,
// worker, data service or network has.
func Workers(repo detect.Repository, s detect.Service) []Worker {
	taken := map[string]bool{}
	for _, d := range repo.Data {
		taken[d.Key] = true
	}
	for _, l := range repo.Loopbacks {
		taken[l.Name] = true
	}
	for _, of := range repo.Services {
		all := workersOf(repo, of, taken)
		if of.Name == s.Name {
			return all
		}
	}
	return nil
}

// workersOf are the workers of a service, with keys that it adds to those that are taken.
func workersOf(repo detect.Repository, s detect.Service, taken map[string]bool) []Worker {
	if s.Compose != "" {
		return nil // its compose file says what runs
	}
	var all []Worker
	for _, w := range s.Workers {
		name := key(s) + "-" + string(untrusted.ServiceName(w.Name))
		if slices.ContainsFunc(repo.Services, func(other detect.Service) bool { return other.Name == name || key(other) == name }) {
			continue // that service is one already
		}
		free := name
		for n := 2; taken[free]; n++ {
			free = name + "-" + strconv.Itoa(n)
		}
		taken[free] = true
		all = append(all, Worker{free, w})
	}
	return all
}

// key is what Compose calls the service.
func key(s detect.Service) string { return or(s.Compose, s.Name) }

var (
	readyPath  = lazyregexp.New(`^/\S*$`)
	notProject = lazyregexp.New(`[^a-z0-9_-]`)
)

// wired are the service's variables that hold a sibling's URL, sorted by name.
func wired(repo detect.Repository, s detect.Service) []detect.Variable {
	return variables(s, func(v detect.Variable) bool {
		sibling, found := find(repo, v.Sibling)
		return found && sibling.HostPort > 0
	})
}

// unset are the names of those that no one gives a value to.
func unset(repo detect.Repository, s detect.Service) []untrusted.Inert {
	wires := wired(repo, s)
	left := variables(s, func(v detect.Variable) bool {
		return !v.Default && !v.Wired() && !isGenerated(v) && !isDemanded(v) && !isUsual(v) && !stacks.IsSetting(v.Name) &&
			!slices.ContainsFunc(wires, func(w detect.Variable) bool { return w.Name == v.Name })
	})
	var names []untrusted.Inert
	for _, v := range left {
		names = append(names, untrusted.VariableName(v.Name))
	}
	return names
}

// variables are those of the service that keep says, sorted, each name once.
func variables(s detect.Service, keep func(detect.Variable) bool) []detect.Variable {
	var kept []detect.Variable
	for _, v := range s.Variables {
		if untrusted.VariableName(v.Name) != "" && keep(v) {
			kept = append(kept, v)
		}
	}
	slices.SortStableFunc(kept, func(a, b detect.Variable) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(kept, func(a, b detect.Variable) bool { return a.Name == b.Name })
}

func find(repo detect.Repository, name string) (detect.Service, bool) {
	i := slices.IndexFunc(repo.Services, func(s detect.Service) bool { return s.Name == name })
	if name == "" || i < 0 {
		return detect.Service{}, false
	}
	return repo.Services[i], true
}

// projectName makes a directory's name fit for Compose; empty when nothing is left.
func projectName(directory string) string {
	name := notProject.ReplaceAllString(strings.ToLower(strings.ReplaceAll(directory, " ", "-")), "")
	return strings.TrimLeft(name, "_-")
}

// escape keeps Compose from reading a variable into a literal text.
func escape(s string) string { return strings.ReplaceAll(s, "$", "$$") }

func escapeAll(words []string) []string {
	var all []string
	for _, word := range words {
		all = append(all, escape(word))
	}
	return all
}
