package images

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/devup-cli/devup/internal/build"
	"github.com/devup-cli/devup/internal/event"
)

// TestAdjust: what the flags of build say comes before what the files say, and the spec
// that was given is not written into.
func TestAdjust(t *testing.T) {
	t.Parallel()
	file, flag := "file", "flag"
	given := func() build.Spec {
		return build.Spec{
			Service: "web", Args: map[string]*string{"A": &file, "B": &file}, SSH: []build.SSH{{ID: "default"}},
			Attest: map[string]string{"provenance": "mode=max"},
		}
	}
	tests := []struct {
		name    string
		spec    build.Spec
		options BuildOptions
		want    build.Spec
	}{
		{"no flag", given(), BuildOptions{}, given()},
		{
			"arguments and keys", given(),
			BuildOptions{Args: map[string]*string{"B": &flag, "C": nil}, SSH: []build.SSH{{ID: "git", Path: "/key"}}},
			build.Spec{
				Service: "web", Args: map[string]*string{"A": &file, "B": &flag, "C": nil},
				SSH: []build.SSH{{ID: "default"}, {ID: "git", Path: "/key"}}, Attest: map[string]string{"provenance": "mode=max"},
			},
		},
		{"an argument of none", build.Spec{}, BuildOptions{Args: map[string]*string{"B": &flag}}, build.Spec{Args: map[string]*string{"B": &flag}}},
		{"no provenance", build.Spec{Attest: map[string]string{"provenance": "mode=max"}}, BuildOptions{Provenance: "false"}, build.Spec{}},
		{"another provenance", build.Spec{Attest: map[string]string{"provenance": "mode=max"}}, BuildOptions{Provenance: "mode=min"}, build.Spec{Attest: map[string]string{"provenance": "mode=min"}}},
		{"an SBOM", build.Spec{}, BuildOptions{SBOM: "true"}, build.Spec{Attest: map[string]string{"sbom": ""}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, before := test.spec, len(test.spec.Args)+len(test.spec.Attest)
			adjust(&got, test.options)
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if after := len(test.spec.Args) + len(test.spec.Attest); after != before {
				t.Errorf("the maps of the spec that was given have %d entries instead of %d", after, before)
			}
		})
	}
}

// TestChosenBuildsWhatTheOthersAreBuiltFrom: a service's bases are built with it.
func TestChosenBuildsWhatTheOthersAreBuiltFrom(t *testing.T) {
	t.Parallel()
	root := build.Spec{Service: "root"}
	base := build.Spec{Service: "base", Bases: map[string]build.Spec{"root": root}}
	web := build.Spec{Service: "web", Bases: map[string]build.Spec{"base": base}}
	all := []build.Spec{base, {Service: "other"}, root, web}
	for _, test := range []struct {
		services []string
		want     []string
	}{
		{nil, []string{"base", "other", "root", "web"}},
		{[]string{"web"}, []string{"base", "root", "web"}},
		{[]string{"root"}, []string{"root"}},
		{[]string{"unknown"}, nil},
	} {
		var got []string
		for _, s := range chosen(all, test.services) {
			got = append(got, s.Service)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.services, diff)
		}
	}
}

func TestALargeContextIsReported(t *testing.T) {
	t.Parallel()
	var got event.Event
	s := Store{Build: build.Options{Sink: func(e event.Event) { got = e }}}
	specs := []build.Spec{{Service: "web", Root: "/shop", Context: "/shop/web"}}
	s.warnLarge(specs)
	specs[0].Large(2_500_000_000, "node_modules")
	want := event.Event{
		Kind: event.Note, ID: "context of web", Name: "web", State: event.Warning,
		Text: "web is built from 2.5 GB of files, most of it in node_modules: name in web/.dockerignore what the image does not need",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
