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
	"github.com/devup-cli/devup/internal/containerexec"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
)

// Work is what [Engine.Install] is to do.
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
		return slices.Contains(i.images, plan.ImageID(w.Images, w.Project, w.Project.Services[i.Service]))
	})
}

// parallel is how many installations run at a time.
const parallel = 4

// Engine installs packages on an engine.
type Engine struct{ client *client.Client }

// On is the engine that a client is connected to.
func On(c *client.Client) Engine { return Engine{c} }

// Install installs what is missing. The error joins a [fail.Error] for each service whose packages
// could not be installed, as of a build that fails, or is the context's.
func (e Engine) Install(ctx context.Context, w Work) error {
	missing := w.Missing()
	if len(missing) == 0 {
		return nil
	}
	for _, i := range missing {
		for _, directory := range i.Directories {
			if _, err := e.client.VolumeCreate(ctx, engineconfig.Volume(w.Project, i.volumeKey(i.Key, directory), nil)); err != nil {
				return err
			}
		}
	}
	errs := make([]error, len(missing))
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, row := range rows(missing) {
		group.Go(func() error {
			for _, at := range row {
				errs[at] = installer{engine: e.client, work: w, Install: missing[at]}.run(ctx)
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
}

func (i installer) run(ctx context.Context) error {
	began, status, err := time.Now(), 0, error(nil)
	if status, err = i.prepare(ctx, true); err == nil && status == complete {
		return nil
	}
	report := func(state event.State, text string) {
		i.work.Build.Sink(event.Event{Kind: event.Image, Name: i.Service, State: state, Text: text, Took: time.Since(began)})
	}
	report(event.Working, "installing packages")
	if err == nil {
		err = i.install(ctx, status)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		report(event.Failed, "packages not installed")
		if _, told := errors.AsType[*fail.Error](err); !told {
			e := fail.Wrap(err, fail.BuildFailed, "", "the packages of %s cannot be installed: %v", i.Service, err)
			e.Service, e.CauseShown = i.Service, true
			return e
		}
		return err
	}
	report(event.Done, "packages installed")
	return nil
}

// image is the name of the image of the service.
func (i installer) image() string {
	return plan.ImageName(i.work.Project, i.work.Project.Services[i.Service])
}

// install installs the packages: what is new where the last installation is there, and
// everything where that is not enough.
func (i installer) install(ctx context.Context, prepared int) error {
	options := i.work.Build
	options.Sink = event.Discard // the image of the service showed these steps
	if _, err := build.Run(ctx, i.work.Builder, []build.Spec{i.Packages.BaseSpec(plan.BaseImage(i.image()))}, options); err != nil {
		return err
	}
	if prepared == filled {
		steps, locks := i.Packages.Again()
		run, status, err := i.steps(ctx, steps, locks)
		if run.End(""); err == nil && status == 0 || ctx.Err() != nil {
			return err
		}
		if prepared, err = i.prepare(ctx, false); err != nil {
			return err
		}
	}
	if prepared != empty {
		return fmt.Errorf("the volume %s cannot be prepared", i.volume(i.work.Project, i.Key, i.Directories[0]))
	}
	run, status, err := i.steps(ctx, i.Packages.Steps, nil)
	switch {
	case err != nil:
		run.End(err.Error())
		return err
	case status != 0:
		return run.Failure(status)
	}
	run.End("")
	return nil
}

// prepare begins the installation with a copy, where it may, and says what is in its volumes.
func (i installer) prepare(ctx context.Context, copying bool) (int, error) {
	config := i.container(i.image(), []string{"/bin/sh", "-c", prepare, "devup", i.commands(), strconv.FormatBool(copying)})
	config.Config.User, config.Config.WorkingDir = "0:0", "/"
	config.HostConfig.NetworkMode = "none"
	mounts := func(at string, from Install, key string) {
		for _, directory := range i.Directories {
			config.HostConfig.Mounts = append(config.HostConfig.Mounts, mount.Mount{
				Type: mount.TypeVolume, Source: from.volume(i.work.Project, key, directory), ReadOnly: at == "old",
				Target: path.Join(volumesPath, at, from.Service, key, strings.ReplaceAll(strings.Trim(directory, "/"), "/", "_")),
			})
		}
	}
	mounts("new", i.Install, i.Key)
	if i.previous != "" {
		mounts("old", i.Install, i.previous)
	}
	for _, other := range i.work.Installs {
		if other.Key == i.Key && other.Service != i.Service {
			mounts("old", other, i.Key)
		}
	}
	return i.contain(ctx, config, nil, containerexec.Streams{Out: io.Discard, Err: io.Discard})
}

// commands is a hash of the commands: where they differ, no installation can follow the other.
func (i installer) commands() string {
	var commands []string
	for _, s := range i.Packages.Steps {
		commands = append(commands, s.Command)
	}
	return plan.Digest([]byte(strings.Join(commands, "\n")))
}

// container is the container of an installation.
func (i installer) container(image string, command []string) client.ContainerCreateOptions {
	p := i.work.Project
	options := client.ContainerCreateOptions{
		Name: "devup-packages-" + p.Name + "." + i.Service, // no project's name has a dot
		Config: &container.Config{
			Image: image, Entrypoint: command[:1], Cmd: command[1:], AttachStdout: true, AttachStderr: true,
			Labels: map[string]string{
				plan.LabelProject: p.Name, plan.LabelService: i.Service, plan.LabelHook: plan.HookPackages, plan.LabelWorkingDir: p.WorkingDir,
				plan.LabelVersion: plan.ComposeVersion,
			},
		},
		HostConfig: &container.HostConfig{},
	}
	if platform := p.Services[i.Service].Platform; platform != "" {
		options.Platform = engineconfig.Platform(platform)
	}
	return options
}

// steps runs the steps of the installation in a container, and gives its exit code. locks may
// not be changed by them.
func (i installer) steps(ctx context.Context, steps []build.PackagesStep, locks []string) (run *build.PackagesRun, status int, err error) {
	command := []string{"/bin/sh", "-c", install, "devup"}
	for _, s := range steps {
		command = append(command, s.Command)
	}
	for _, lock := range locks {
		command = append(command, "node -e "+quoted(asLocked)+" "+quoted(lock)+" "+quoted(locksPath+lock))
	}
	for _, directory := range i.Directories {
		if plan.HoldsPackages(directory) {
			command = append(command, "cd "+quoted(directory)+"\n"+marked(i.Service+"/"+i.Key, i.commands()))
		}
	}
	grant, files, _ := i.Packages.Grant(i.work.Build.Egress)
	config := i.container(plan.BaseImage(i.image()), command)
	config.Config.Env = i.environment(grant)
	spec := i.work.Project.Services[i.Service].Build
	if spec.Network == "host" || spec.Network == "none" {
		config.HostConfig.NetworkMode = container.NetworkMode(spec.Network)
	}
	config.HostConfig.ExtraHosts = spec.ExtraHosts.AsList(":")
	for _, directory := range i.Directories {
		config.HostConfig.Mounts = append(config.HostConfig.Mounts, mount.Mount{
			Type: mount.TypeVolume, Source: i.volume(i.work.Project, i.Key, directory), Target: directory,
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
	run = i.Packages.Run(steps, i.work.Build.Sink)
	var archive bytes.Buffer
	if err := i.Packages.Archive(&archive, files, locks, locksPath); err != nil {
		return run, 0, err
	}
	status, err = i.contain(ctx, config, &archive, containerexec.Streams{Out: run, Err: run.Errors()})
	return run, status, err
}

// cacheVolume is the name of the volume of a cache, which the user's projects share where
// several may use it at a time.
func cacheVolume(c build.Cache, project string) string {
	id := c.ID
	if !c.Shared {
		id += "\n" + project
	}
	return "devup-cache-" + plan.Digest([]byte(id))
}

// environment is what the steps see as in a build: a variable that the Dockerfile sets beats a
// build argument, and one of the files' an argument of this machine's.
func (i installer) environment(grant egress.Grant) []string {
	values := maps.Clone(grant.Env)
	if values == nil {
		values = map[string]string{}
	}
	maps.Copy(values, grant.Proxy)
	maps.Copy(values, i.Packages.Args)
	var env []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !i.Packages.Sets[name] {
			env = append(env, name+"="+values[name])
		}
	}
	return env
}

// removeTime is how long the engine has to remove the container of an installation.
const removeTime = 30 * time.Second

// contain runs a container to its end and gives its exit code. One of the name that a killed
// run left goes first.
func (i installer) contain(ctx context.Context, options client.ContainerCreateOptions, files io.Reader, streams containerexec.Streams) (status int, err error) {
	remove := func(ctx context.Context, id string) error {
		_, err := i.engine.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		return err
	}
	made, err := i.engine.ContainerCreate(ctx, options)
	if errdefs.IsConflict(err) && remove(ctx, options.Name) == nil {
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
	attached, err := i.engine.ContainerAttach(ctx, made.ID, client.ContainerAttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return 0, err
	}
	defer attached.Close()
	return containerexec.StartAndWait(ctx, i.engine, i.engine, made.ID, func(ctx context.Context) error {
		return streams.Copy(ctx, attached.HijackedResponse)
	})
}
