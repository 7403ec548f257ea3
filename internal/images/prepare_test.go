package images

import (
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
)

func TestStaleness(t *testing.T) {
	t.Parallel()
	spec := build.Spec{Service: "web", Image: "shop-web"}
	containers := func(inputs string) []plan.Container {
		if inputs != "" {
			inputs = strings.TrimPrefix(inputs, "none")
			return []plan.Container{{Service: "web", Number: 1, Inputs: inputs, Image: "sha256:1"}}
		}
		return nil
	}
	tests := []struct {
		name    string
		image   string
		inputs  string // of a container; empty for none
		options Options
		facts   string
		policy  string
		want    string
	}{
		{name: "built from the same", image: "sha256:1", inputs: "same"},
		{name: "built from something else", image: "sha256:1", inputs: "other", want: "its files or its build settings changed"},
		{name: "never built", image: "", inputs: "same", want: "no image yet"},
		{name: "an image without a container", image: "sha256:1", inputs: "", want: "not known what its image was built from"},
		{name: "--build", image: "sha256:1", inputs: "same", options: Options{Build: true}, want: "asked for"},
		{name: "a change that made no other image", image: "sha256:1", inputs: "other", facts: "built sha256:1 other,built sha256:1 same"},
		{name: "an image without a container, remembered", image: "sha256:1", inputs: "", facts: "built sha256:1 same"},
		{name: "another image under the name", image: "sha256:2", inputs: "same", want: "not known what its image was built from"},
		{name: "remembered from something else", image: "sha256:1", inputs: "", facts: "built sha256:1 other", want: "its files or its build settings changed"},
		{name: "pull_policy build", image: "sha256:1", inputs: "same", policy: "build", want: "its pull_policy is build"},
		{name: "pulled as its pull_policy says", image: "sha256:1", inputs: "", policy: "missing"},
		{name: "built because it could not be pulled", image: "sha256:1", inputs: "", facts: "built sha256:1 other", policy: "missing", want: "its files or its build settings changed"},
		{name: "what docker compose built and runs", image: "sha256:1", inputs: "none"},
		{name: "what docker compose built, changed since", image: "sha256:1", inputs: "none", facts: "built sha256:1 other", want: "its files or its build settings changed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			state := &imageState{memory: recall(""), ids: map[string]string{"shop-web": test.image}, inputs: map[string]string{"web": "same"}}
			for fact := range strings.SplitSeq(test.facts, ",") {
				state.memory.learn(fact)
			}
			p := &project.Project{Project: &types.Project{Services: types.Services{"web": {Name: "web", ContainerSpec: types.ContainerSpec{PullPolicy: test.policy}}}}}
			var err error
			if state.policies, err = policies(p, test.options); err != nil {
				t.Fatal(err)
			}
			if got := state.staleness(spec, Request{Options: test.options, Containers: containers(test.inputs)}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	service := func(name, image string) types.ServiceConfig {
		return types.ServiceConfig{Name: name, ContainerSpec: types.ContainerSpec{Image: image}}
	}
	p := &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{
		"api": service("api", ""), "db": service("db", "postgres:16"), "tracing": service("tracing", "example.org/tracing"),
		"web": service("web", ""), "worker": service("worker", ""),
	}}}
	here := map[string]string{"postgres:16": "sha256:1", "shop-api": "sha256:2", "shop-web": "sha256:3"}
	got := []string{}
	for name := range missing(p, map[string]bool{"web": true}, here) { // web has an image, from before its build failed
		got = append(got, name)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"tracing", "web", "worker"}, got); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}
