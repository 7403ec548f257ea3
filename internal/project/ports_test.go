package project

import (
	"fmt"
	"strings"
	"testing"
)

func TestPublishedPorts(t *testing.T) {
	t.Parallel()
	p := loadText(t, `
services:
  b: {image: x, ports: ["8000-8001:8000-8001", "53:53/udp", "[::1]:9:9"]}
  a:
    image: x
    x-devup: {port: fixed}
    ports: ["127.0.0.1:80:80", "81:80", "7000", "9000-9005:90", {target: 5, published: "6", protocol: tcp}]
  host: {image: x, network_mode: host, ports: ["1:1"]}
`)
	var lines []string
	for _, port := range p.PublishedPorts() {
		lines = append(lines, fmt.Sprintf("%s/%d %s%s:%d->%d fixed=%v", port.Service, port.Index, port.Protocol, port.HostIP, port.Wanted, port.Target, port.Fixed))
	}
	want := `a/0 tcp127.0.0.1:80->80 fixed=true
a/1 tcp:81->80 fixed=true
a/0 tcp:0->7000 fixed=true
a/0 tcp:9000->90 fixed=true
a/0 tcp:6->5 fixed=true
b/0 tcp:8000->8000 fixed=false
b/0 tcp:8001->8001 fixed=false
b/0 udp:53->53 fixed=false
b/0 tcp::1:9->9 fixed=false`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestEnvName(t *testing.T) {
	t.Parallel()
	for service, want := range map[string]string{"backend-flask": "BACKEND_FLASK", "web.2": "WEB_2", "A_b": "A_B"} {
		if got := EnvName(service); got != want {
			t.Errorf("EnvName(%q) = %q, want %q", service, got, want)
		}
	}
}

// TestWebOfStack: the first port of a stack's service is one for browsers, whatever is usual on its number.
func TestWebOfStack(t *testing.T) {
	t.Parallel()
	p := loadText(t, `
services:
  jvm: {image: x, ports: ["5005:5005", {target: 6379, published: "6379", app_protocol: http}]}
  loop: {image: x, ports: ["5679:5679"]}
  member: {image: x, network_mode: "service:loop", x-devup: {stack: flask, port: 5679}}
  web: {image: x, ports: ["5005:5005", "5678:5678", "8080:8080"], x-devup: {stack: flask}}
`)
	var web []string
	for _, port := range p.PublishedPorts() {
		if port.Web() {
			web = append(web, fmt.Sprint(port.Service, port.Target))
		}
	}
	if got, want := strings.Join(web, " "), "jvm6379 member5679 web5005 web8080"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
