package project

import (
	"strings"
	"testing"
)

func TestKeysOfASwarmAreNamedOnce(t *testing.T) {
	t.Parallel()
	p := loadText(t, `services:
  web:
    image: nginx
    deploy:
      mode: replicated
      replicas: 2
      placement: {constraints: [node.role == manager]}
      update_config: {parallelism: 2}
  api:
    image: nginx
    deploy:
      mode: global
      endpoint_mode: dnsrr
      placement: {max_replicas_per_node: 1}
`)
	want := "api: deploy.mode has a meaning in a swarm only, and is left out (devup.yaml:12)\n" +
		"api, web: deploy.placement has a meaning in a swarm only, and is left out (devup.yaml:14)\n" +
		"web: deploy.update_config has a meaning in a swarm only, and is left out (devup.yaml:8)\n" +
		"api: deploy.endpoint_mode has a meaning in a swarm only, and is left out (devup.yaml:13)"
	if got := strings.Join(p.Notes, "\n"); got != want {
		t.Errorf("notes:\n%s\nwant:\n%s", got, want)
	}
	if web := p.Services["web"]; web.GetScale() != 2 {
		t.Errorf("replicas %d", web.GetScale())
	}
}

func TestAnExternalSecretThatNobodyUsesIsNoMatter(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, "-- devup.yaml --\nservices:\n  web: {image: nginx}\n  other: {image: x, secrets: [k]}\nsecrets: {k: {external: true}}"), Options{Services: []string{"web"}})
	if len(p.Services) != 1 {
		t.Errorf("services %v", p.ServiceNames())
	}
}
