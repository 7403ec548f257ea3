package urls

import (
	"fmt"
	"testing"

	"github.com/devup-cli/devup/internal/project"
)

func TestTokensGoThroughIncludeExtendsAndMerge(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, `
-- api/compose.yaml --
services:
  api:
    build: .
    ports: ["${DEVUP_PORT_API:-4000}:4000"]
    environment: {WEB: "${DEVUP_URL_WEB:-none}"}
    x-devup: {ready: /health}
-- base.yaml --
services:
  base:
    image: nginx
    environment: {API: "${DEVUP_URL_API:-none}"}
-- devup.yaml --
include: [api/compose.yaml]
x-common: &common
  init: true
  environment: &env {ME: "${DEVUP_URL_WEB:-none}"}
services:
  web:
    <<: *common
    extends: {file: base.yaml, service: base}
    environment:
      <<: *env
      OWN: "1"
    ports:
      - {target: 80, published: "${DEVUP_PORT_WEB:-3000}"}
---
services:
  web:
    environment: {SECOND: "${DEVUP_URL_API}"}
`), project.Options{})
	r := Resolve(p, asWanted(p, map[int]int{3000: 3005}), laptop)
	if got, want := environmentOf(r, "web"), "API=http://localhost:4000\nME=http://localhost:3005\nOWN=1\nSECOND=http://localhost:4000"; got != want {
		t.Errorf("web:\n%s\nwant:\n%s", got, want)
	}
	if got := environmentOf(r, "api"); got != "WEB=http://localhost:3005" {
		t.Errorf("api: %s", got)
	}
	if r.Extensions["api"].Ready != "/health" {
		t.Errorf("x-devup of an included service: %+v", r.Extensions["api"])
	}
}

// A token in a place where the loader wants a number or a truth value counts as
// an unset variable there.
func TestTokensInTypedPlaces(t *testing.T) {
	t.Parallel()
	p := loadText(t, `
name: ${CODESPACE_NAME:-shop}
services:
  web:
    image: nginx:${DEVUP_PORT_WEB:-1}
    container_name: web-${GITPOD_WORKSPACE_ID:-x}
    init: ${DEVUP_PORT_NONE:-true}
    healthcheck: {test: ["CMD", "curl", "${DEVUP_URL_WEB:-u}"], retries: "${DEVUP_PORT_NONE:-3}"}
    ports: ["3000:80"]
    user: "${DEVUP_UID:-1}:${DEVUP_GID:-1}"
`)
	web := Resolve(p, asWanted(p, nil), laptop).Services["web"]
	got := fmt.Sprint(p.Name, " ", web.Image, " ", web.ContainerName, " ", *web.Init, " ", *web.HealthCheck.Retries, " ", web.HealthCheck.Test, " ", web.User)
	if want := "shop nginx:1 web-x true 3 [CMD curl http://localhost:3000] 1000:100"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSocketTokens: DEVUP_WS_* is the URL of a service for WebSockets, with the scheme that fits.
func TestSocketTokens(t *testing.T) {
	t.Parallel()
	p := loadText(t, `
services:
  api: {image: api, ports: ["4000:4000"]}
  web:
    image: web
    environment: {WS: "${DEVUP_WS_API:-ws://localhost:4000}/ws", OTHER: "${DEVUP_WS_NONE:-none}"}
`)
	for _, test := range []struct {
		where Where
		want  string
	}{
		{laptop, "OTHER=none\nWS=ws://localhost:4000/ws"},
		{Where{URL: func(port int) string { return fmt.Sprintf("https://%d-x.example.dev", port) }}, "OTHER=none\nWS=wss://4000-x.example.dev/ws"},
	} {
		if got := environmentOf(Resolve(p, asWanted(p, nil), test.where), "web"); got != test.want {
			t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
		}
	}
}
