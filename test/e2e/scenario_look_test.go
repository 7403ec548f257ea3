//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/template"

	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// look is a command of scenarios that asks the engine and prints what it sees.
type look func(s *scene, ctx context.Context, args []string) (string, error)

func looks() map[string]look {
	return map[string]look{
		"state":    (*scene).state,  // [SERVICE...]: a line for each container: web-1 running healthy
		"field":    (*scene).field,  // SUBJECT TEMPLATE: of what inspect says of web, web-2, network:NAME, volume:NAME
		"inside":   (*scene).inside, // SERVICE COMMAND...: what it prints there
		"output":   (*scene).output, // SERVICE: what it printed
		"networks": (*scene).networks,
		"volumes":  (*scene).volumes,
		"mark":     (*scene).mark,     // remember the containers
		"kept":     (*scene).kept,     // SERVICE...: its containers are those that were marked
		"replaced": (*scene).replaced, // SERVICE...: none of its containers was marked
		"get":      (*scene).get,      // URL
		"through":  (*scene).through,  // FOLDER [PART]: what answers at the other ends of open tunnels
		"file":     (*scene).file,     // PATH, whole: what a program writes while it runs
		"make":     (*scene).foreign,  // network NAME | volume NAME | container SERVICE: what is not devup's
	}
}

// list is what the engine has of the project, running or not.
func (s *scene) list(ctx context.Context) ([]container.Summary, error) {
	list, err := docker.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: labelled(s.project)})
	return list.Items, err
}

// short is a container's name without the project's, and "oneoff" for one that run made.
func (s *scene) short(c container.Summary) string {
	if c.Labels["com.docker.compose.oneoff"] == "True" {
		return c.Labels["com.docker.compose.service"] + "-oneoff"
	}
	return strings.TrimPrefix(strings.TrimPrefix(c.Names[0], "/"), s.project+"-")
}

// find gives the container of a service, or one of several: web-2.
func (s *scene) find(ctx context.Context, name string) (container.InspectResponse, error) {
	list, err := s.list(ctx)
	for _, c := range list {
		service, number := c.Labels["com.docker.compose.service"], c.Labels["com.docker.compose.container-number"]
		if s.short(c) == name || service == name && number == "1" || service+"-"+number == name {
			found, err := docker.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
			return found.Container, err
		}
	}
	return container.InspectResponse{}, errors.Join(err, fmt.Errorf("there is no container of %s", name))
}

func (s *scene) state(ctx context.Context, services []string) (string, error) {
	list, err := s.list(ctx)
	var lines []string
	for _, c := range list {
		if len(services) > 0 && !slices.Contains(services, c.Labels["com.docker.compose.service"]) {
			continue
		}
		found, err := docker.ContainerInspect(ctx, c.ID, client.ContainerInspectOptions{})
		if err != nil {
			return "", err
		}
		line := s.short(c) + " " + string(found.Container.State.Status)
		switch {
		case found.Container.State.Status == "exited":
			line += fmt.Sprint(" ", found.Container.State.ExitCode)
		case found.Container.State.Health != nil:
			line += " " + string(found.Container.State.Health.Status)
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, ""), err
}

func (s *scene) field(ctx context.Context, args []string) (string, error) {
	if len(args) != 2 {
		return "", errors.New("field wants SUBJECT TEMPLATE")
	}
	subject, err := s.subject(ctx, args[0])
	if err != nil {
		return "", err
	}
	asJSON := func(value any) (string, error) { text, err := json.Marshal(value); return string(text), err }
	all, err := asJSON(subject)
	if err != nil {
		return "", err
	}
	var plain any // so that templates find ports and the like by text
	decoder := json.NewDecoder(strings.NewReader(all))
	decoder.UseNumber()
	if err := decoder.Decode(&plain); err != nil {
		return "", err
	}
	t, err := template.New("field").Funcs(template.FuncMap{"json": asJSON}).Parse(args[1])
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	err = t.Execute(&text, plain)
	return text.String() + "\n", err
}

// subject is what the engine says of a thing.
func (s *scene) subject(ctx context.Context, name string) (any, error) {
	kind, of, named := strings.Cut(name, ":")
	switch {
	case !named:
		return s.find(ctx, name)
	case kind == "network":
		found, err := docker.NetworkInspect(ctx, s.project+"_"+of, client.NetworkInspectOptions{})
		return found.Network, err
	case kind == "volume":
		found, err := docker.VolumeInspect(ctx, s.project+"_"+of, client.VolumeInspectOptions{})
		return found.Volume, err
	}
	found, err := docker.ImageInspect(ctx, of)
	return found.InspectResponse, err
}

// inside runs a command in the container of a service and gives what it prints.
func (s *scene) inside(ctx context.Context, args []string) (string, error) {
	c, err := s.find(ctx, args[0])
	if err != nil {
		return "", err
	}
	made, err := docker.ExecCreate(ctx, c.ID, client.ExecCreateOptions{Cmd: args[1:], AttachStdout: true, AttachStderr: true})
	if err != nil {
		return "", err
	}
	attached, err := docker.ExecAttach(ctx, made.ID, client.ExecAttachOptions{})
	if err != nil {
		return "", err
	}
	defer attached.Close()
	var text bytes.Buffer
	if _, err := stdcopy.StdCopy(&text, &text, attached.Reader); err != nil {
		return "", err
	}
	done, err := docker.ExecInspect(ctx, made.ID, client.ExecInspectOptions{})
	if err == nil && done.ExitCode != 0 {
		err = fmt.Errorf("exit code %d", done.ExitCode)
	}
	return text.String(), err
}

func (s *scene) output(ctx context.Context, args []string) (string, error) {
	c, err := s.find(ctx, args[0])
	if err != nil {
		return "", err
	}
	stream, err := docker.ContainerLogs(ctx, c.ID, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return "", err
	}
	defer stream.Close()
	var text bytes.Buffer
	_, err = stdcopy.StdCopy(&text, &text, stream)
	return text.String(), err
}

func (s *scene) networks(ctx context.Context, _ []string) (string, error) {
	list, err := docker.NetworkList(ctx, client.NetworkListOptions{Filters: labelled(s.project)})
	var names []string
	for _, n := range list.Items {
		names = append(names, strings.TrimPrefix(n.Name, s.project+"_")+"\n")
	}
	slices.Sort(names)
	return strings.Join(names, ""), err
}

func (s *scene) volumes(ctx context.Context, _ []string) (string, error) {
	list, err := docker.VolumeList(ctx, client.VolumeListOptions{Filters: labelled(s.project)})
	var names []string
	for _, v := range list.Items {
		names = append(names, strings.TrimPrefix(v.Name, s.project+"_")+"\n")
	}
	slices.Sort(names)
	return strings.Join(names, ""), err
}

func (s *scene) mark(ctx context.Context, _ []string) (string, error) {
	list, err := s.list(ctx)
	clear(s.marked)
	for _, c := range list {
		s.marked[s.short(c)] = c.ID
	}
	return "", err
}

func (s *scene) kept(ctx context.Context, services []string) (string, error) {
	return "", s.compare(ctx, services, func(before, now string) bool { return before == now }, "was recreated")
}

func (s *scene) replaced(ctx context.Context, services []string) (string, error) {
	return "", s.compare(ctx, services, func(before, now string) bool { return before != now }, "is the old one")
}

// compare holds the containers of services against those that were marked. Each service
// has to have one now and then.
func (s *scene) compare(ctx context.Context, services []string, fits func(before, now string) bool, otherwise string) error {
	list, err := s.list(ctx)
	failed := []error{err}
	seen := map[string]bool{}
	for _, c := range list {
		service := c.Labels["com.docker.compose.service"]
		before, marked := s.marked[s.short(c)]
		seen[service] = seen[service] || marked
		if slices.Contains(services, service) && marked && !fits(before, c.ID) {
			failed = append(failed, errors.New(s.short(c)+" "+otherwise))
		}
	}
	for _, service := range services {
		if !seen[service] {
			failed = append(failed, errors.New(service+" has no container that was marked and is there"))
		}
	}
	return errors.Join(failed...)
}

func (s *scene) get(ctx context.Context, args []string) (string, error) {
	status, body, err := get(ctx, args[0])
	return fmt.Sprint(status, " ", body), err
}

func (s *scene) file(_ context.Context, args []string) (string, error) {
	content, err := os.ReadFile(args[0])
	return string(content), err
}

// foreign makes something as another program would: a network or volume that is not the
// project's, or a container with Compose's labels that was never started.
func (s *scene) foreign(ctx context.Context, args []string) (string, error) {
	if len(args) != 2 {
		return "", errors.New("make wants network|volume|container NAME")
	}
	switch name := args[1]; args[0] {
	case "network":
		_, err := docker.NetworkCreate(ctx, name, client.NetworkCreateOptions{Driver: "bridge"})
		s.after = append(s.after, func(ctx context.Context) { _, _ = docker.NetworkRemove(ctx, name, client.NetworkRemoveOptions{}) })
		return "", err
	case "volume":
		_, err := docker.VolumeCreate(ctx, client.VolumeCreateOptions{Name: name})
		s.after = append(s.after, func(ctx context.Context) { _, _ = docker.VolumeRemove(ctx, name, client.VolumeRemoveOptions{}) })
		return "", err
	default:
		_, err := docker.ContainerCreate(ctx, client.ContainerCreateOptions{
			Name: s.project + "-" + name + "-1",
			Config: &container.Config{Image: "busybox", Cmd: []string{"sleep", "1000"}, Labels: map[string]string{
				projectLabel: s.project, "com.docker.compose.service": name,
				"com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False",
			}},
		})
		return "", err
	}
}
