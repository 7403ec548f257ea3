package containercmd

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/untrusted"
)

// containerRow is a container for --format json and for templates, under the names that
// Compose has for its parts, so that scripts go on to work.
type containerRow struct {
	Command    string
	CreatedAt  string
	ExitCode   int
	Health     string
	ID         string
	Image      string
	Labels     string
	Mounts     string
	Name       string
	Names      string
	Networks   string
	Ports      string
	Project    string
	Publishers []publisher
	RunningFor string
	Service    string
	State      string
	Status     string

	labels map[string]string
}

// publisher is a port of a container, open on the host when PublishedPort is not 0.
type publisher struct {
	URL           string
	TargetPort    int
	PublishedPort int
	Protocol      string
}

// Label is the value of one label, in one line, empty where there is none.
func (r containerRow) Label(name string) string { return untrusted.Text(r.labels[name], false) }

// byPlace orders containers by service, number and name.
func byPlace(a, b plan.Container) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name))
}

// containerRows are the rows of containers that a survey has seen.
func containerRows(survey observe.State, containers []plan.Container, cut bool) []any {
	byID := summariesByID(survey)
	rows := make([]any, len(containers))
	for i, c := range containers {
		rows[i] = containerRowOf(c, byID[c.ID], cut)
	}
	return rows
}

func summariesByID(survey observe.State) map[string]container.Summary {
	byID := map[string]container.Summary{}
	for _, s := range survey.Summaries("") {
		byID[s.ID] = s
	}
	return byID
}

func containerRowOf(c plan.Container, s container.Summary, cut bool) containerRow {
	created := time.Unix(s.Created, 0)
	r := containerRow{
		Command: s.Command, CreatedAt: created.String(), ExitCode: c.ExitCode, Health: c.Health, ID: c.ID,
		Image: s.Image, Name: c.Name, Names: c.Name, Project: s.Labels[plan.LabelProject],
		RunningFor: command.Ago(time.Since(created)), Service: c.Service, State: c.State, Status: s.Status, labels: s.Labels,
		Publishers: []publisher{},
	}
	if cut {
		r.ID, r.Command = plan.ShortID(c.ID), command.Ellipsis(s.Command, 20)
	}
	r.Command = strconv.Quote(r.Command)
	var labels, mounts, networks, ports []string
	for _, name := range slices.Sorted(maps.Keys(s.Labels)) {
		labels = append(labels, name+"="+s.Labels[name])
	}
	for _, m := range c.Mounts {
		mounts = append(mounts, cmp.Or(m.Name, m.Source))
	}
	if s.NetworkSettings != nil {
		networks = slices.Sorted(maps.Keys(s.NetworkSettings.Networks))
	}
	for _, p := range s.Ports {
		r.Publishers = append(r.Publishers, publisher{addressText(p), int(p.PrivatePort), int(p.PublicPort), p.Type})
	}
	slices.SortFunc(r.Publishers, func(a, b publisher) int {
		return cmp.Or(cmp.Compare(a.TargetPort, b.TargetPort), cmp.Compare(a.URL, b.URL), cmp.Compare(a.Protocol, b.Protocol))
	})
	for _, p := range r.Publishers {
		ports = append(ports, p.String())
	}
	r.Labels, r.Mounts, r.Networks, r.Ports = strings.Join(labels, ","), strings.Join(mounts, ","), strings.Join(networks, ","), strings.Join(ports, ", ")
	return r
}

func addressText(p container.PortSummary) string {
	if p.PublicPort == 0 || !p.IP.IsValid() {
		return ""
	}
	return p.IP.String()
}

// String is the port as docker shows it: "0.0.0.0:8080->80/tcp".
func (p publisher) String() string {
	text := strconv.Itoa(p.TargetPort) + "/" + p.Protocol
	if p.PublishedPort == 0 {
		return text
	}
	host := p.URL
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(p.PublishedPort) + "->" + text
}
