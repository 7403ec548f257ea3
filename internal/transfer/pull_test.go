package transfer

import (
	"errors"
	"testing"

	"github.com/devup-cli/devup/internal/registry"
)

func TestPullFailureNamesAnUnknownHost(t *testing.T) {
	t.Parallel()
	cause := errors.New(`Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host`)
	got := pullFailure(cause, Pull{Image: "amazon/aws-xray-daemon", Services: []string{"xray-daemon"}}, registry.Attempt{Image: "amazon/aws-xray-daemon"}).Error()
	want := "the image amazon/aws-xray-daemon of xray-daemon cannot be pulled: the name registry-1.docker.io cannot be resolved"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestPullFailureOfAMountWithoutImage(t *testing.T) {
	t.Parallel()
	err := pullFailure(errors.New("invalid reference format"), Pull{Services: []string{"consumer"}}, registry.Attempt{})
	if got, want := err.Error(), "consumer mounts an image without a name"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
