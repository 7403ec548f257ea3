//go:build e2e

package e2e

import (
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// prefix is how the names of all projects of these tests begin.
const prefix = "devup-e2e-"

// thisRun is how those of this run begin: several runs may share an engine.
var thisRun = prefix + strings.ToLower(rand.Text()[:4])

const projectLabel = "com.docker.compose.project"

func labelled(project string) client.Filters {
	return make(client.Filters).Add("label", projectLabel+"="+project)
}

// containers are the project's, running or not, sorted by name.
func containers(t *testing.T, project string) []container.Summary {
	t.Helper()
	list, err := docker.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: labelled(project)})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list.Items, func(a, b container.Summary) int { return strings.Compare(a.Names[0], b.Names[0]) })
	return list.Items
}

// inspect gives the one container of a service.
func inspect(t *testing.T, project, service string) container.InspectResponse {
	t.Helper()
	for _, c := range containers(t, project) {
		if c.Labels["com.docker.compose.service"] == service {
			found, err := docker.ContainerInspect(t.Context(), c.ID, client.ContainerInspectOptions{})
			if err != nil {
				t.Fatal(err)
			}
			return found.Container
		}
	}
	t.Fatalf("the project %s has no container of %s", project, service)
	return container.InspectResponse{}
}

// signals are those that each container of a project was sent since a time, in their order.
func signals(t *testing.T, project string, since time.Time) map[string][]string {
	t.Helper()
	stream := docker.Events(t.Context(), client.EventsListOptions{
		Since:   timestamp(since),
		Until:   timestamp(time.Now()),
		Filters: labelled(project).Add("event", "kill"),
	})
	sent := map[string][]string{}
	for {
		select {
		case e := <-stream.Messages:
			name := e.Actor.Attributes["name"]
			sent[name] = append(sent[name], e.Actor.Attributes["signal"])
		case err := <-stream.Err:
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return sent
		}
	}
}

func timestamp(at time.Time) string { return at.Format(time.RFC3339Nano) }

// leaves is what is left of the project once what down leaves behind is removed, too.
func (c *checkout) leaves(t *testing.T) []string {
	t.Helper()
	c.devup(t, "remove-volumes", c.name)
	return left(t, c.name)
}

// left lists what the engine still has of a project: containers, networks, volumes.
func left(t *testing.T, project string) []string {
	t.Helper()
	var all []string
	for _, c := range containers(t, project) {
		all = append(all, "container "+c.Names[0])
	}
	networks, err := docker.NetworkList(t.Context(), client.NetworkListOptions{Filters: labelled(project)})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks.Items {
		all = append(all, "network "+n.Name)
	}
	volumes, err := docker.VolumeList(t.Context(), client.VolumeListOptions{Filters: labelled(project)})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range volumes.Items {
		all = append(all, "volume "+v.Name)
	}
	return all
}
