package urls

import (
	"fmt"
	"slices"
	"testing"

	"github.com/devup-cli/devup/internal/project"
)

// TestEveryContainerOfAServiceHasItsPort: the ports of a scaled service are as many as its
// containers, and each container finds its own in the resolved project.
func TestEveryContainerOfAServiceHasItsPort(t *testing.T) {
	t.Parallel()
	p := loadText(t, `services: {web: {image: x, scale: 3, ports: ["8000-8001:80", "81", "9000:90"]}}`)
	var wanted []string
	given := map[project.PortKey]int{}
	for i, port := range p.PublishedPorts() {
		wanted = append(wanted, fmt.Sprintf("%d:%d", port.Wanted, port.Target))
		given[port.Key()] = 100 + i
	}
	if want := []string{"8000:80", "0:81", "9000:90", "8001:80", "0:81", "9000:90", "8000:80", "0:81", "9000:90"}; !slices.Equal(wanted, want) {
		t.Errorf("wanted %q, want %q", wanted, want)
	}
	var got []string
	resolved := Resolve(p, given, laptop)
	for number := 1; number <= 3; number++ {
		for _, c := range resolved.Services["web"].Ports {
			got = append(got, project.HostPort(c, number))
		}
	}
	if want := []string{"100", "101", "102", "103", "104", "105", "106", "107", "108"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPortsOfCopiesKeepExtensions: the host ports of further containers are added to what
// the config says of a port, and the project itself stays as it is.
func TestPortsOfCopiesKeepExtensions(t *testing.T) {
	t.Parallel()
	p := loadText(t, `services: {web: {image: x, scale: 3, ports: [{target: 80, x-note: kept}]}}`)
	given := map[project.PortKey]int{}
	for i, port := range p.PublishedPorts() {
		given[port.Key()] = 100 + i
	}
	got := Resolve(p, given, laptop).Services["web"].Ports[0]
	if got.Extensions["x-note"] != "kept" || project.HostPort(got, 3) != "102" {
		t.Errorf("extensions %v", got.Extensions)
	}
	if before := p.Services["web"].Ports[0].Extensions; len(before) != 1 {
		t.Errorf("the project's own extensions are %v", before)
	}
}
