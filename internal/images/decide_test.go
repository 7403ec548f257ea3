package images

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/project"
)

// TestChoosePulls: what is pulled for a service "web" with the image shop:1, of which the
// engine may have one.
func TestChoosePulls(t *testing.T) {
	t.Parallel()
	const (
		pulled  = "pull shop:1 for web"
		orBuilt = "pull shop:1 for web, or build web"
		orHere  = "pull shop:1 for web, or take the one here"
	)
	now := time.Unix(1_000_000, 0)
	tests := []struct {
		name, policy string
		built, here  bool
		facts        string
		unfit        bool
		options      Options
		want         string
	}{
		{name: "missing", want: pulled},
		{name: "there", here: true},
		{name: "there for another platform", here: true, unfit: true, want: pulled},
		{name: "always", policy: "always", here: true, want: pulled},
		{name: "if_not_present", policy: "if_not_present", here: true},
		{name: "never, there", policy: "never", here: true},
		{name: "never", policy: "never", want: "the image shop:1 of web is not on this engine, and its pull_policy forbids to pull it"},
		{name: "never, for another platform", policy: "never", here: true, unfit: true, want: "the image shop:1 of web is on this engine, but not for linux/arm64, and its pull_policy forbids to pull it"},
		{name: "daily, never asked", policy: "daily", here: true, want: orHere},
		{name: "daily, asked an hour ago", policy: "daily", here: true, facts: "current shop:1 sha256:1 996400"},
		{name: "daily, asked two days ago", policy: "daily", here: true, facts: "current shop:1 sha256:1 827200", want: orHere},
		{name: "daily, another image was asked for", policy: "daily", here: true, facts: "current shop:1 sha256:2 996400", want: orHere},
		{name: "every_30m", policy: "every_30m", here: true, facts: "current shop:1 sha256:1 996400", want: orHere},
		{name: "daily, missing", policy: "daily", want: pulled},
		{name: "--pull always", here: true, options: Options{Pull: "always"}, want: pulled},
		{name: "--pull never", policy: "always", options: Options{Pull: "never"}, want: "the image shop:1 of web is not on this engine, and --pull never forbids to pull it"},
		{name: "--pull policy", policy: "always", here: true, options: Options{Pull: "policy"}, want: pulled},
		{name: "built", built: true},
		{name: "built, missing", built: true, policy: "missing", want: orBuilt},
		{name: "built, always", built: true, policy: "always", here: true, want: orBuilt},
		{name: "built, never", built: true, policy: "never"},
		{name: "built, build", built: true, policy: "build"},
		{name: "built, --build", built: true, policy: "always", options: Options{Build: true}},
		{name: "a policy that is none", policy: "sometimes", want: `service web: unknown pull_policy "sometimes"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			web := types.ServiceConfig{Name: "web", ContainerSpec: types.ContainerSpec{Image: "shop:1", PullPolicy: test.policy}}
			var specs []build.Spec
			if test.built {
				web.Build = &types.BuildConfig{Context: "."}
				specs = []build.Spec{{Service: "web", Image: "shop:1"}}
			}
			state := &imageState{ids: map[string]string{}, unfit: map[string]bool{}, memory: recall(""), now: now, specs: specs, building: building(specs)}
			if test.here {
				state.ids["shop:1"] = "sha256:1"
			}
			if test.unfit {
				state.unfit["web"], web.Platform = true, "linux/arm64"
			}
			state.memory.learn(test.facts)
			p := &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{"web": web}}}
			var all []*pull
			var forbidden []error
			var err error
			if state.policies, err = policies(p, test.options); err == nil {
				all, forbidden = state.choosePulls(p, test.options)
			}
			if diff := cmp.Diff(test.want, textOf(all, append(forbidden, err))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func textOf(pulls []*pull, errs []error) string {
	var lines []string
	for _, f := range pulls {
		line := fmt.Sprintf("pull %s for %s", f.Image, strings.Join(f.Services, ", "))
		for _, s := range f.builds {
			line += ", or build " + s.Service
		}
		if f.optional {
			line += ", or take the one here"
		}
		lines = append(lines, line)
	}
	for _, e := range errs {
		if e != nil {
			lines = append(lines, e.Error())
		}
	}
	return strings.Join(lines, "\n")
}

func TestAnImageThatAnotherServiceBuildsIsNotPulled(t *testing.T) {
	t.Parallel()
	service := func(name, image, platform string) types.ServiceConfig {
		return types.ServiceConfig{Name: name, ContainerSpec: types.ContainerSpec{Image: image, Platform: platform}}
	}
	web := service("web", "shop/web", "")
	web.Build = &types.BuildConfig{Context: "."}
	mounts := service("mounts", "redis", "")
	mounts.Volumes = []types.ServiceVolumeConfig{{Type: types.VolumeTypeImage, Source: "data:1"}, {Type: types.VolumeTypeImage, Source: "shop/web"}}
	p := &project.Project{Project: &types.Project{Name: "shop", Services: types.Services{
		"web": web, "worker": service("worker", "docker.io/shop/web:latest", ""), "cache": service("cache", "redis", ""),
		"arm": service("arm", "redis", "linux/arm64"), "mounts": mounts,
	}}}
	specs := []build.Spec{{Service: "web", Image: "shop/web"}}
	state := &imageState{ids: map[string]string{}, memory: recall(""), specs: specs, building: building(specs)}
	all, forbidden := state.choosePulls(p, Options{})
	want := "pull data:1 for mounts\npull redis for cache, mounts\npull redis for arm"
	if diff := cmp.Diff(want, textOf(all, forbidden)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wanted, os, arch, variant string
		want                      bool
	}{
		{"linux/amd64", "linux", "amd64", "", true},
		{"linux/arm64", "linux", "arm64", "v8", true},
		{"linux/arm64/v8", "linux", "arm64", "", true},
		{"linux/arm/v6", "linux", "arm", "v7", false},
		{"linux/arm64", "linux", "amd64", "", false},
		{"linux/amd64", "windows", "amd64", "", false},
		{"linux/x86_64", "linux", "amd64", "", true},
	} {
		if got := fits(test.wanted, test.os, test.arch, test.variant); got != test.want {
			t.Errorf("an image for %s/%s/%s fits %s: %v", test.os, test.arch, test.variant, test.wanted, got)
		}
	}
}
