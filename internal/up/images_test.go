package up

import (
	"testing"

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
			l.Containers = []plan.Container{{Service: "web", Number: 1, Inputs: inputs}}
		}
		return l
	}
	tests := []struct {
		name    string
		look    run.Look
		options Options
		want    string
	}{
		{"built from the same", look("sha256:1", "same"), Options{}, ""},
		{"built from something else", look("sha256:1", "other"), Options{}, "its files or its build settings changed"},
		{"never built", look("", "same"), Options{}, "no image yet"},
		{"an image without a container", look("sha256:1", ""), Options{}, "not known what its image was built from"},
		{"--build", look("sha256:1", "same"), Options{Build: true}, "asked for"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := staleness(spec, "same", test.look, test.options); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
