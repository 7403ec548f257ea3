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
	look := func(image, inputs string) plan.Observed {
		l := plan.Observed{}
		l.Images = map[string]string{"shop-web": image}
		if inputs != "" {
			inputs = strings.TrimPrefix(inputs, "none")
			l.Containers = []plan.Container{{Service: "web", Number: 1, Inputs: inputs, Image: "sha256:1"}}
		}
		return l
	}
	tests := []struct {
		name    string
		look    plan.Observed
		options Options
		facts   string
		policy  string
		want    string
	}{
		{name: "built from the same", look: look("sha256:1", "same")},
		{name: "built from something else", look: look("sha256:1", "other"), want: "its files or its build settings changed"},
		{name: "never built", look: look("", "same"), want: "no image yet"},
		{name: "an image without a container", look: look("sha256:1", ""), want: "not known what its image was built from"},
		{name: "--build", look: look("sha256:1", "same"), options: Options{Build: true}, want: "asked for"},
		{name: "a change that made no other image", look: look("sha256:1", "other"), facts: "built sha256:1 other,built sha256:1 same"},
		{name: "an image without a container, remembered", look: look("sha256:1", ""), facts: "built sha256:1 same"},
		{name: "another image under the name", look: look("sha256:2", "same"), want: "not known what its image was built from"},
		{name: "remembered from something else", look: look("sha256:1", ""), facts: "built sha256:1 other", want: "its files or its build settings changed"},
		{name: "pull_policy build", look: look("sha256:1", "same"), policy: "build", want: "its pull_policy is build"},
		{name: "pulled as its pull_policy says", look: look("sha256:1", ""), policy: "missing"},
		{name: "built because it could not be pulled", look: look("sha256:1", ""), facts: "built sha256:1 other", policy: "missing", want: "its files or its build settings changed"},
		{name: "what docker compose built and runs", look: look("sha256:1", "none")},
		{name: "what docker compose built, changed since", look: look("sha256:1", "none"), facts: "built sha256:1 other", want: "its files or its build settings changed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := &work{request: Request{Options: test.options, State: test.look}, local: local{memory: recall("")}}
			for fact := range strings.SplitSeq(test.facts, ",") {
				w.local.memory.learn(fact)
			}
			wish, err := wishOf(types.ServiceConfig{ContainerSpec: types.ContainerSpec{PullPolicy: test.policy}}, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := staleness(spec, "same", wish, w); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestUnmade(t *testing.T) {
	t.Parallel()
	service := func(name, image string) types.ServiceConfig {
		return types.ServiceConfig{Name: name, ContainerSpec: types.ContainerSpec{Image: image}}
	}
	p := &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{
		"api": service("api", ""), "db": service("db", "postgres:16"), "tracing": service("tracing", "example.org/tracing"),
		"web": service("web", ""), "worker": service("worker", ""),
	}}}
	there := map[string]string{"postgres:16": "sha256:1", "shop-api": "sha256:2", "shop-web": "sha256:3"}
	got := []string{}
	for name := range unmade(p, map[string]bool{"web": true}, there) { // web has an image, from before its build failed
		got = append(got, name)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"tracing", "web", "worker"}, got); diff != "" {
		t.Errorf("unmade (-want +got):\n%s", diff)
	}
}
