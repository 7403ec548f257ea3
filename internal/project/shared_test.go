package project

import (
	"fmt"
	"strings"
	"testing"
)

const sharedNetwork = `
services:
  net:
    image: x
    ports: ["3000:3000", "5001:5000", "9229:9229"]
  api: {image: x, network_mode: "service:net", x-devup: {port: 5000}}
  web: {image: x, network_mode: "service:net", environment: {PORT: "3000"}, depends_on: [api]}
  nested: {image: x, network_mode: "service:web", x-devup: {port: [9229]}}
  late: {image: x, network_mode: "service:net", x-devup: {port: 5000}}
`

// A published port belongs to the service that listens on it, and is remembered under the
// service that publishes it.
func TestPortsOfSharedNetwork(t *testing.T) {
	t.Parallel()
	p := loadText(t, sharedNetwork)
	var lines []string
	for _, port := range p.PublishedPorts() {
		lines = append(lines, fmt.Sprintf("%s %d->%d of %s", port.Service, port.Wanted, port.Target, port.Key().Service))
	}
	want := "web 3000->3000 of net\napi 5001->5000 of net\nnested 9229->9229 of net"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	primary := p.PrimaryPorts(map[PortKey]int{{Service: "net", Target: 5000, Protocol: "tcp"}: 5002})
	if got, want := fmt.Sprint(primary), "map[API:5002 NESTED:9229 WEB:3000]"; got != want {
		t.Errorf("primary ports %s, want %s", got, want)
	}
	for service, want := range map[string]string{"net": "[]", "web": "[3000]", "api": "[5000]", "nested": "[9229]"} {
		targets := []uint32{}
		for _, c := range p.Listened(service) {
			targets = append(targets, c.Target)
		}
		if got := fmt.Sprint(targets); got != want {
			t.Errorf("%s listens on %s, want %s", service, got, want)
		}
		if got := len(p.PortsOf(service)); got != len(targets) {
			t.Errorf("%s has %d ports, want %d", service, got, len(targets))
		}
	}
	if got := fmt.Sprint(Neighbors(p, "web"), Neighbors(p, "net")); got != "[5000 9229] [3000 5000 9229]" {
		t.Errorf("neighbors %s", got)
	}
	if owner := networkOwner(p.Services, "nested"); owner != "net" {
		t.Errorf("the owner of nested is %q", owner)
	}
}

// TestWithoutMember: the port of a member that is not started stays its own, so that the owner
// is not expected to listen there.
func TestWithoutMember(t *testing.T) {
	t.Parallel()
	p := loadText(t, sharedNetwork)
	rest := p.Without("web", "nested")
	if got := fmt.Sprint(rest.ServiceNames()); got != "[api late net]" {
		t.Errorf("services %s", got)
	}
	if ports := rest.Listened("net"); len(ports) != 0 {
		t.Errorf("net is expected to listen on %v", ports)
	}
	if got := fmt.Sprint(Neighbors(rest, "api")); got != "[3000 9229]" {
		t.Errorf("neighbors %s", got)
	}
}
