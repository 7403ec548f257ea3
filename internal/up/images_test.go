package up

import (
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/run"
)

func TestStaleness(t *testing.T) {
	t.Parallel()
	spec := build.Spec{Service: "web", Image: "shop-web"}
	look := func(image, inputs string) run.Look {
		l := run.Look{}
		l.Images = map[string]string{"shop-web": image}
		if inputs != "" {
			inputs = strings.TrimPrefix(inputs, "none")
			l.Containers = []plan.Container{{Service: "web", Number: 1, Inputs: inputs, Image: "sha256:1"}}
		}
		return l
	}
	tests := []struct {
		name    string
		look    run.Look
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
			w := &work{options: test.options, local: local{memory: recall("")}}
			for fact := range strings.SplitSeq(test.facts, ",") {
				w.local.memory.learn(fact)
			}
			wish, err := wishOf(types.ServiceConfig{ContainerSpec: types.ContainerSpec{PullPolicy: test.policy}}, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if got := staleness(spec, "same", test.look, wish, w); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
