package composefile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAValidatedHashSparesTheCheckAndChangesNothing(t *testing.T) {
	t.Parallel()
	dir := directory(t, `
-- compose.yaml --
version: "3"
services:
  web:
    extends: {service: base}
    image: ${IMAGE:-nginx}
    ports: ["$PORT:80"]
    pull_policy: ${PULL:-always}
  base:
    image: busybox
    environment: [A=1, "U=${DEVUP_URL_WEB}"]
-- compose.override.yaml --
services: {web: {environment: {B: '2'}}}
`)
	env := map[string]string{"PORT": "3000"}
	checked, _ := loaded(t, dir, Options{Env: env})
	second, _, err := load(t.Context(), Options{Dir: dir, Env: env}, checked.Validated)
	if err != nil {
		t.Fatal(err)
	}
	if checked.Validated == "" || second.Validated != checked.Validated {
		t.Errorf("the hashes are %q and %q", checked.Validated, second.Validated)
	}
	if a, b := written(t, checked), written(t, second); a != b {
		t.Errorf("checked:\n%s\nproven:\n%s", a, b)
	}
}

// TestAValidatedHashHoldsForNothingElse: what a change makes wrong is refused, in the words of a
// load without a hash.
func TestAValidatedHashHoldsForNothingElse(t *testing.T) {
	t.Parallel()
	const right = "services: {web: {image: nginx, pull_policy: \"${PULL:-always}\"}}\n"
	for name, change := range map[string]struct {
		text string
		env  map[string]string
	}{
		"an unknown key":         {text: "services: {web: {image: nginx, imagine: yes}}\n"},
		"a wrong type":           {text: "services: {web: {image: [nginx]}}\n"},
		"links without a list":   {text: "services: {web: {image: nginx, links: b}, b: {image: nginx}}\n"},
		"a list as network_mode": {text: "services: {web: {image: nginx, network_mode: [a]}}\n"},
		"a text as volumes_from": {text: "services: {web: {image: nginx, volumes_from: b}, b: {image: nginx}}\n"},
		"a variable":             {text: right, env: map[string]string{"PULL": "sometimes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, "-- compose.yaml --\n"+right)
			before, _ := loaded(t, dir, Options{})
			if err := os.WriteFile(filepath.Join(dir, "compose.yaml"), []byte(change.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, _, want := load(t.Context(), Options{Dir: dir, Env: change.env}, "")
			_, _, got := load(t.Context(), Options{Dir: dir, Env: change.env}, before.Validated)
			if want == nil || got == nil || got.Error() != want.Error() {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// TestFilesThatNameOthersGiveNoHash: the hash would not tell of a change in those.
func TestFilesThatNameOthersGiveNoHash(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"include": "include: [other.yaml]\nservices: {web: {image: nginx}}",
		"extends": "services: {web: {extends: {file: other.yaml, service: base}}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model, _ := loaded(t, directory(t, "-- compose.yaml --\n"+text+"\n-- other.yaml --\nservices: {base: {image: nginx}}\n"), Options{})
			if model.Validated != "" {
				t.Errorf("the hash is %q", model.Validated)
			}
		})
	}
}

func written(t *testing.T, m Model) string {
	t.Helper()
	text, err := m.Project.MarshalYAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
