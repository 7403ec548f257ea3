package run

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

const withWorker = `
services:
  web:
    image: x
    container_name: fixed
    restart: always
    networks: {back: {aliases: [api]}}
    deploy: {restart_policy: {condition: any}}
    post_start: [{command: [migrate]}]
  db: {image: y, networks: [back]}
networks: {back: {}}
`

// makeOneOff makes a one-off container on a machine.
func makeOneOff(t *testing.T, m *fakeengine.Machine, o OneOff) (*Single, *types.Project, error) {
	t.Helper()
	p := load(t, withWorker)
	s := p.Services["web"]
	s.Command, s.StdinOpen = []string{"pytest"}, true
	single, err := MakeOneOff(t.Context(), on(m), p, s, o, Options{Sink: discard})
	return single, p, err
}

// TestOneOffContainer: the container of a command is one of its service, but for what
// would make others take it for the service itself.
func TestOneOffContainer(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	single, p, err := makeOneOff(t, m, OneOff{Remove: true, Stdin: true, Columns: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^shop-web-run-[0-9a-f]{12}$`).MatchString(single.Name) {
		t.Errorf("name %q", single.Name)
	}
	c, ok := m.Container(single.ID)
	if !ok || c.Name != single.Name || c.State != "created" {
		t.Fatalf("container %+v", c)
	}
	labels := c.Options.Config.Labels
	if labels[plan.LabelOneOff] != "True" || labels[plan.LabelNumber] != "" || labels[plan.LabelSlug] != single.Name[len("shop-web-run-"):] || labels[plan.LabelService] != "web" || labels[plan.LabelHash] == "" {
		t.Errorf("labels %v", labels)
	}
	config, host := c.Options.Config, c.Options.HostConfig
	got := fmt.Sprint(config.Cmd, " stdin ", config.AttachStdin, config.StdinOnce, " removed ", host.AutoRemove, " size ", host.ConsoleSize, " restart ", host.RestartPolicy.Name)
	if want := "[pytest] stdin true true removed true size [24 80] restart "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if aliases := c.Networks["shop_back"].Aliases; slices.Contains(aliases, "web") || slices.Contains(aliases, "api") {
		t.Errorf("it answers to %v, names of the service", aliases)
	}
	if s := p.Services["web"]; s.ContainerName != "fixed" || s.Restart != "always" || s.Deploy.RestartPolicy == nil || s.Networks["back"].Aliases[0] != "api" {
		t.Errorf("the project was changed: %+v", s)
	}
}

func TestOneOffContainerWithNames(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	single, _, err := makeOneOff(t, m, OneOff{Name: "mine", Aliases: true})
	if err != nil {
		t.Fatal(err)
	}
	c, _ := m.Container("mine")
	aliases := c.Networks["shop_back"].Aliases
	if single.Name != "mine" || !slices.Contains(aliases, "web") || !slices.Contains(aliases, "api") || c.Options.HostConfig.AutoRemove || c.Options.Config.AttachStdin {
		t.Errorf("%s answers to %v", single.Name, aliases)
	}
}

// TestOneOffStart: hooks run after the start, as with the service's own containers.
func TestOneOffStart(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	single, _, err := makeOneOff(t, m, OneOff{Name: "mine"})
	if err != nil {
		t.Fatal(err)
	}
	if err := single.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(m.Requests(), "; "), "create mine; start mine; exec migrate in mine"; got != want {
		t.Errorf("requests %q, want %q", got, want)
	}
}

// TestOneOffLeavesNothingWhereItFails: a container that cannot be prepared is removed.
func TestOneOffLeavesNothingWhereItFails(t *testing.T) {
	t.Parallel()
	m := fakeengine.New()
	m.Refuse = func(request string) error {
		if strings.HasPrefix(request, "connect ") {
			return errors.New("no more addresses")
		}
		return nil
	}
	p := load(t, "services: {web: {image: x, networks: [a, b]}}\nnetworks: {a: {}, b: {}}\n")
	e := on(m)
	e.API = "1.43" // it connects to the second network after the creation
	_, err := MakeOneOff(t.Context(), e, p, p.Services["web"], OneOff{Name: "mine"}, Options{Sink: discard})
	if err == nil || err.Error() != "no more addresses" {
		t.Errorf("error %v", err)
	}
	if left := m.Names(); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if names := slices.Sorted(maps.Keys(p.Services)); !slices.Equal(names, []string{"web"}) {
		t.Errorf("services %v", names)
	}
}
