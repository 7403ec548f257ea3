package project

import (
	"fmt"
	"strings"
	"testing"
)

func TestReset(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, `
-- compose.yaml --
services: {web: {image: nginx, ports: ["80:80"], container_name: web}}
-- devup.yaml --
services:
  web:
    ports: !override ["8080:80"]
    container_name: !reset null
`), Options{})
	if ports := p.PublishedPorts(); len(ports) != 1 || ports[0].Wanted != 8080 || p.Services["web"].ContainerName != "" {
		t.Errorf("ports %+v, container name %q", ports, p.Services["web"].ContainerName)
	}
}

func TestPortsWithVariables(t *testing.T) {
	t.Parallel()
	tests := []struct{ port, want string }{
		{"${DEVUP_PORT_WEB:-3000}:80", "3000->80"},
		{"${DEVUP_PORT_WEB}:80", "0->80"},
		{"127.0.0.1:${DEVUP_PORT_WEB:-3000}:80", "127.0.0.1 3000->80"},
		{"${PORT:-5000}:${PORT:-5000}", "5000->5000"},
		{"${NONE}:80", "0->80"},
		{"${BIND:-0.0.0.0}:3000:80", "0.0.0.0 3000->80"},
	}
	for _, test := range tests {
		t.Run(test.port, func(t *testing.T) {
			t.Parallel()
			p := loadText(t, "services: {web: {image: x, ports: ['"+test.port+"']}}")
			var got []string
			for _, port := range p.PublishedPorts() {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %d->%d", port.HostIP, port.Wanted, port.Target)))
			}
			if strings.Join(got, ",") != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}
