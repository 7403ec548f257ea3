package packages

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/plan"
)

// Work is what [Run] is to do.
type Work struct {
	Project  *types.Project
	Installs []Install
	Images   map[string]string // reference -> ID of the images that the services have
	Builder  build.Engine
	Build    build.Options // of the images that installations begin with; its Sink gets the events
}

// Missing are the installations of which no container shows that they are complete.
func (w Work) Missing() []Install {
	return slices.DeleteFunc(slices.Clone(w.Installs), func(i Install) bool {
		return i.there(plan.ImageID(w.Images, w.Project, w.Project.Services[i.Service]))
	})
}

// parallel is how many installations run at a time.
const parallel = 4

// Run installs what is missing. The error joins a [fail.Error] for each service whose packages
// could not be installed, as of a build that fails, or is the context's.
func Run(ctx context.Context, e *client.Client, w Work) error {
	missing := w.Missing()
	if len(missing) == 0 {
		return nil
	}
	if _, err := e.VolumeCreate(ctx, engineconfig.Volume(w.Project, volumeKey, nil)); err != nil {
		return err
	}
	errs := make([]error, len(missing))
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, row := range rows(missing) {
		group.Go(func() error {
			for _, at := range row {
				errs[at] = installer{engine: e, work: w, Install: missing[at]}.run(ctx)
			}
			return nil
		})
	}
	_ = group.Wait() // every error is in errs
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(errs...)
}

// rows are the installations, by index, that run one after the other: what is the same is
// installed once, and some caches allow one at a time.
func rows(all []Install) [][]int {
	var rows [][]int
	at := map[string]int{}
	for n, i := range all {
		key := i.Key
		if slices.ContainsFunc(i.Packages.Steps, func(s build.PackagesStep) bool {
			return slices.ContainsFunc(s.Caches, func(c build.Cache) bool { return !c.Shared })
		}) {
			key = "one at a time"
		}
		if _, ok := at[key]; !ok {
			at[key], rows = len(rows), append(rows, nil)
		}
		rows[at[key]] = append(rows[at[key]], n)
	}
	return rows
}

// installer brings one installation about.
type installer struct {
	engine *client.Client
	work   Work
	Install
	grant egress.Grant
	files []egress.File
	base  string   // the image that the installation begins with
	sets  []string // the variables that this image sets, as NAME=value
}

func (i installer) run(ctx context.Context) error {
	image := plan.ImageName(i.work.Project, i.work.Project.Services[i.Service])
	began, status, err := time.Now(), 0, error(nil)
	if status, err = i.prepare(ctx, image, "all"); err == nil && status == complete {
		return nil
	}
	report := func(state event.State, text string) {
		i.work.Build.Sink(event.Event{Kind: event.Image, Name: i.Service, State: state, Text: text, Took: time.Since(began)})
	}
	report(event.Working, "installing packages")
	if err == nil {
		err = i.install(ctx, image, status)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		report(event.Failed, "packages not installed")
		if _, told := errors.AsType[*fail.Error](err); !told {
			err = i.failed(err)
		}
		return err
	}
	report(event.Done, "packages installed")
	return nil
}

func (i installer) failed(err error) error {
	e := fail.Wrap(err, fail.BuildFailed, "", "the packages of %s cannot be installed: %v", i.Service, err)
	e.Service, e.CauseShown = i.Service, true
	return e
}

// install installs the packages: what is new where the last installation is there, and
// everything where that is not enough.
func (i installer) install(ctx context.Context, image string, prepared int) error {
	i.grant, i.files, _ = i.Packages.Grant(i.work.Build.Egress)
	options := i.work.Build
	options.Sink = event.Discard // the image of the service showed these steps
	i.base = plan.BaseImage(image)
	if _, err := build.Run(ctx, i.work.Builder, []build.Spec{i.Packages.BaseSpec(i.base)}, options); err != nil {
		return err
	}
	seen, err := i.engine.ImageInspect(ctx, i.base)
	if err != nil {
		return err
	}
	if seen.Config != nil {
		i.sets = seen.Config.Env
	}
	if prepared == filled {
		steps, locks := i.Packages.Again()
		output, status, err := i.steps(ctx, steps, locks)
		if output.run.End(""); err == nil && status == 0 || ctx.Err() != nil {
			return err
		}
		if prepared, err = i.prepare(ctx, image, "nothing"); err != nil {
			return err
		}
	}
	if prepared != empty {
		return fmt.Errorf("the directories of the volume %s cannot be prepared", i.volume())
	}
	output, status, err := i.steps(ctx, i.Packages.Steps, nil)
	if err == nil && status != 0 {
		return output.run.Failure(strconv.Itoa(status))
	}
	output.run.End("")
	return err
}

func (i installer) volume() string { return i.work.Project.Volumes[volumeKey].Name }

// prepare makes the directories of the installation, and says what is in them.
func (i installer) prepare(ctx context.Context, image, use string) (int, error) {
	var commands []string
	for _, s := range i.Packages.Steps {
		commands = append(commands, s.Command)
	}
	arguments := []string{"/bin/sh", "-c", prepare, "devup", i.Service, i.Key, plan.Digest([]byte(strings.Join(commands, "\n"))), use, strings.Join(i.inUse, " ")}
	for _, directory := range i.Directories {
		arguments = append(arguments, entry(directory))
	}
	config := i.container(image, arguments)
	config.Config.User, config.Config.WorkingDir = "0:0", "/"
	config.HostConfig.NetworkMode = "none"
	return i.contain(ctx, config, nil, nil)
}

// container is the container of an installation.
func (i installer) container(image string, command []string) client.ContainerCreateOptions {
	p := i.work.Project
	options := client.ContainerCreateOptions{
		Name: p.Name + "-" + i.Service + "-packages",
		Config: &container.Config{
			Image: image, Entrypoint: command[:1], Cmd: command[1:], AttachStdout: true, AttachStderr: true,
			Labels: map[string]string{
				plan.LabelProject: p.Name, plan.LabelService: i.Service, plan.LabelHook: plan.HookPackages, plan.LabelWorkingDir: p.WorkingDir,
				plan.LabelVersion: plan.ComposeVersion,
			},
		},
		HostConfig: &container.HostConfig{Mounts: []mount.Mount{{Type: mount.TypeVolume, Source: i.volume(), Target: volumePath}}},
	}
	if platform := p.Services[i.Service].Platform; platform != "" {
		options.Platform = engineconfig.Platform(platform)
	}
	return options
}

// steps runs the steps of the installation in a container, and gives its exit code. locks may
// not be changed by them.
func (i installer) steps(ctx context.Context, steps []build.PackagesStep, locks []string) (out *output, status int, err error) {
	command := []string{"/bin/sh", "-c", install, "devup", i.Service}
	for _, s := range steps {
		command = append(command, s.Command)
	}
	for _, lock := range locks {
		command = append(command, "node -e "+quoted(asLocked)+" "+quoted(lock)+" "+quoted(locksPath+lock))
	}
	command = append(command, "set -- "+quoted(i.Service)+" "+quoted(i.Key)+"\n"+finish)
	config := i.container(i.base, command)
	config.Config.Env = i.environment()
	spec := i.work.Project.Services[i.Service].Build
	if spec.Network == "host" || spec.Network == "none" {
		config.HostConfig.NetworkMode = container.NetworkMode(spec.Network)
	}
	config.HostConfig.ExtraHosts = spec.ExtraHosts.AsList(":")
	for _, directory := range i.Directories {
		config.HostConfig.Mounts = append(config.HostConfig.Mounts, mount.Mount{
			Type: mount.TypeVolume, Source: i.volume(), Target: directory,
			VolumeOptions: &mount.VolumeOptions{NoCopy: true, Subpath: i.Service + "/new/" + entry(directory)},
		})
	}
	targets := map[string]bool{}
	for _, s := range steps {
		for _, c := range s.Caches {
			if !targets[c.Target] {
				targets[c.Target] = true
				name := cacheVolume(c, i.work.Project.Name)
				config.HostConfig.Mounts = append(config.HostConfig.Mounts, mount.Mount{Type: mount.TypeVolume, Source: name, Target: c.Target})
			}
		}
	}
	out = &output{run: i.Packages.Run(steps, i.work.Build.Sink), stream: 1}
	var files bytes.Buffer
	if err := i.Packages.Archive(&files, i.files, locks, locksPath); err != nil {
		return out, 0, err
	}
	status, err = i.contain(ctx, config, &files, out)
	return out, status, err
}

// cacheVolume is the name of the volume of a cache, which the user's projects share where
// several may use it at a time.
func cacheVolume(c build.Cache, project string) string {
	id := c.ID
	if !c.Shared {
		id += "\n" + project
	}
	return "devup-cache-" + strings.Trim(odd.ReplaceAllString(path.Base(c.Target), "-"), ".-") + "-" + plan.Digest([]byte(id))[:8]
}

// odd is what no name of a volume has.
var odd = lazyregexp.New(`[^A-Za-z0-9_.-]`)

// environment is what the steps see as in a build: a variable that the image sets beats a
// build argument, and one of the files' an argument of this machine's.
func (i installer) environment() []string {
	values := maps.Clone(i.grant.Env)
	if values == nil {
		values = map[string]string{}
	}
	maps.Copy(values, i.grant.Proxy)
	maps.Copy(values, i.Packages.Args)
	var env []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		set := slices.ContainsFunc(i.sets, func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
		if !set && !i.Packages.Sets[name] {
			env = append(env, name+"="+values[name])
		}
	}
	return env
}

// removeTime is how long the engine has to remove the container of an installation.
const removeTime = 30 * time.Second

// contain runs a container to its end and gives its exit code. One of the name that a killed
// run left goes first.
func (i installer) contain(ctx context.Context, options client.ContainerCreateOptions, files io.Reader, out *output) (status int, err error) {
	remove := func(ctx context.Context, id string) error {
		_, err := i.engine.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		return err
	}
	made, err := i.engine.ContainerCreate(ctx, options)
	if errdefs.IsConflict(err) && i.isLeft(ctx, options.Name) && remove(ctx, options.Name) == nil {
		made, err = i.engine.ContainerCreate(ctx, options)
	}
	if err != nil {
		return 0, err
	}
	defer func() {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTime)
		defer cancel()
		err = cmp.Or(err, remove(after, made.ID))
	}()
	if files != nil {
		if _, err := i.engine.CopyToContainer(ctx, made.ID, client.CopyToContainerOptions{DestinationPath: "/", Content: files}); err != nil {
			return 0, err
		}
	}
	return i.toItsEnd(ctx, made.ID, out)
}

// isLeft reports whether a container is what a killed run left of an installation of the project.
func (i installer) isLeft(ctx context.Context, name string) bool {
	seen, err := i.engine.ContainerInspect(ctx, name, client.ContainerInspectOptions{})
	if err != nil || seen.Container.Config == nil {
		return false
	}
	labels := seen.Container.Config.Labels
	return labels[plan.LabelHook] == plan.HookPackages && labels[plan.LabelProject] == i.work.Project.Name
}
