package scaffold_test

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack"
)

// devupYAML is the devup.yaml of a repository, as text and as its services' settings.
func devupYAML(t *testing.T, repo detect.Repository) (text string, services map[string]map[string]any) {
	t.Helper()
	for _, f := range render(t, repo) {
		if f.Path != "devup.yaml" {
			continue
		}
		var file struct {
			Services map[string]map[string]any `yaml:"services"`
		}
		if err := yaml.Unmarshal(f.Content, &file); err != nil {
			t.Fatalf("%v:\n%s", err, f.Content)
		}
		return string(f.Content), file.Services
	}
	t.Fatal("there is no devup.yaml")
	return "", nil
}

// TestNamesOfWorkers: each worker has a key of its own among all that devup.yaml names.
func TestNamesOfWorkers(t *testing.T) {
	t.Parallel()
	web := repositories["flask-and-cra"].Services[0]
	web.Name, web.Variables = "web", nil
	web.Workers = []stack.Worker{
		{Name: "worker", Command: []string{"a"}}, {Name: "worker", Command: []string{"b"}}, {Name: "redis", Command: []string{"c"}}, {Name: "beat", Command: []string{"d"}},
	}
	beat := repositories["flask-and-cra"].Services[0]
	beat.Name, beat.Variables, beat.HostPort = "web-beat", nil, 4568
	repo := detect.Repository{Services: []detect.Service{web, beat}, Data: []detect.Data{{Service: "redis", Key: "web-redis", HostPort: 6379}}}
	_, services := devupYAML(t, repo)
	for _, name := range []string{"web", "web-worker", "web-worker-2", "web-redis", "web-redis-2", "web-beat"} {
		if services[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	if len(services) != 6 {
		t.Errorf("%d services, want 6", len(services))
	}
}

// TestUsualThatComposeCannotHold: a value that the default of a variable cannot hold is left
// out, and the variable is one that the user has to set.
func TestUsualThatComposeCannotHold(t *testing.T) {
	t.Parallel()
	web := repositories["flask-and-cra"].Services[0]
	web.Name = "web"
	web.Variables = []detect.Variable{{Name: "GREETING", Usual: "hello"}, {Name: "LIMITS", Usual: `{"a": 1}`}, {Name: "PRICE", Usual: "5$x"}}
	text, services := devupYAML(t, detect.Repository{Services: []detect.Service{web}})
	if !strings.Contains(text, "${GREETING:-hello}") || strings.Contains(text, "${LIMITS") || strings.Contains(text, "${PRICE") {
		t.Errorf("environment %v", services["web"]["environment"])
	}
	for _, name := range []string{"LIMITS", "PRICE"} {
		if !strings.Contains(text, name) {
			t.Errorf("%s is not named:\n%s", name, text)
		}
	}
}
