package project

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// TestFindName holds the name that Find decides against the one that compose-go decides
// from the same files.
func TestFindName(t *testing.T) {
	t.Parallel()
	const web = "services: {web: {image: nginx}}\n"
	tests := []struct {
		name, files string
		options     Options
		want        string
	}{
		{name: "directory", files: "-- My App.2/compose.yaml --\n" + web, want: "myapp2"},
		{name: "top-level name", files: "-- a/compose.yaml --\nname: shop\n" + web, want: "shop"},
		{name: "top-level name that has to be normalised", files: "-- a/compose.yaml --\nname: \"_My Shop\"\n" + web, want: "myshop"},
		{name: "variable with a default", files: "-- a/compose.yaml --\nname: ${STAGE:-dev}-shop\n" + web, want: "dev-shop"},
		{name: "variable of the environment", files: "-- a/compose.yaml --\nname: ${STAGE:-dev}-shop\n" + web, options: Options{Env: map[string]string{"STAGE": "Test"}}, want: "test-shop"},
		{name: "variable of .env", files: "-- a/.env --\nSTAGE=qa\n-- a/compose.yaml --\nname: ${STAGE}-shop\n" + web, want: "qa-shop"},
		{name: "variable without a value", files: "-- a/compose.yaml --\nname: ${STAGE}\n" + web, want: "a"},
		{name: "variable of devup's", files: "-- a/compose.yaml --\nname: shop-${DEVUP_UID:-0}\n" + web, want: "shop-0"},
		{name: "several documents", files: "-- a/compose.yaml --\nname: one\n" + web + "---\nname: two\n---\n" + web, want: "two"},
		{
			name:    "several files",
			files:   "-- a/one.yaml --\nname: one\n" + web + "-- a/two.yaml --\nname: two\n" + web + "-- a/three.yaml --\n" + web,
			options: Options{Files: []string{"one.yaml", "two.yaml", "three.yaml"}}, want: "two",
		},
		{name: "override file", files: "-- a/compose.yaml --\nname: shop\n" + web + "-- a/compose.override.yaml --\nname: other\n" + web, want: "other"},
		{name: "devup.yaml", files: "-- a/compose.yaml --\nname: shop\n" + web + "-- a/devup.yaml --\nname: mine\n" + web, want: "mine"},
		{name: "include", files: "-- a/compose.yaml --\ninclude: [sub/compose.yaml]\n" + web + "-- a/sub/compose.yaml --\nname: sub\nservices: {db: {image: redis}}\n", want: "a"},
		{name: "COMPOSE_PROJECT_NAME in .env", files: "-- a/.env --\nCOMPOSE_PROJECT_NAME=fromenv\n-- a/compose.yaml --\nname: shop\n" + web, want: "fromenv"},
		{name: "--project-name", files: "-- a/.env --\nCOMPOSE_PROJECT_NAME=fromenv\n-- a/compose.yaml --\nname: shop\n" + web, options: Options{Name: "flag"}, want: "flag"},
		{name: "COMPOSE_FILE in .env", files: "-- a/.env --\nCOMPOSE_FILE=b/x.yaml\n-- a/b/x.yaml --\nname: ${COMPOSE_FILE:+named}\n" + web, want: "named"},
		{name: "--project-directory", files: "-- a/compose.yaml --\n" + web + "-- Root/x --\n", options: Options{Files: []string{"compose.yaml"}, Root: "Root"}, want: "root"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			top := folder(t, test.files)
			test.options.Dir = filepath.Join(top, "a")
			if test.want == "myapp2" {
				test.options.Dir = filepath.Join(top, "My App.2")
			}
			if test.options.Root != "" {
				test.options.Root = filepath.Join(top, test.options.Root)
			}
			found, err := Find(test.options)
			if err != nil {
				t.Fatal(err)
			}
			if found.Name != test.want {
				t.Errorf("Find gives the name %q, want %q", found.Name, test.want)
			}
			outer, given, err := found.outerName()
			if err != nil {
				t.Fatal(err)
			}
			model, err := composeModel(t.Context(), found, outer, given)
			if err != nil {
				t.Fatal(err)
			}
			if found.Name != model.Name {
				t.Errorf("Find gives the name %q, and Compose %q", found.Name, model.Name)
			}
		})
	}
}

func TestFindLoadsUnderAnyName(t *testing.T) {
	t.Parallel()
	found, err := Find(Options{Dir: folder(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: nginx, environment: {NAME: \"${COMPOSE_PROJECT_NAME}\"}}}\n")})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"shop", "shop-1a2b3c"} {
		p, err := found.Load(t.Context(), name, "")
		if err != nil {
			t.Fatal(err)
		}
		if network, own := p.Networks["default"].Name, *p.Services["web"].Environment["NAME"]; p.Name != name || network != name+"_default" || own != name {
			t.Errorf("loaded as %q: name %q, network %q, COMPOSE_PROJECT_NAME %q", name, p.Name, network, own)
		}
	}
	if found.Name != "shop" || len(found.Files) != 1 || filepath.Base(found.Files[0]) != "compose.yaml" || found.Dir != filepath.Dir(found.Files[0]) {
		t.Errorf("found %q in %q: %q", found.Name, found.Dir, found.Files)
	}
}

func TestFindNameNeedsAValue(t *testing.T) {
	t.Parallel()
	_, err := Find(Options{Dir: folder(t, "-- compose.yaml --\nname: ${STAGE:?which stage}\nservices: {web: {image: nginx}}\n")})
	e := failure(t, err)
	if values := WantsOf(nil, err).Values; e.Code != fail.Config || e.Line != 1 || len(values) != 1 || values[0].Name != "STAGE" {
		t.Errorf("got %v at line %d, which lacks %v", e, e.Line, values)
	}
}

// composeModel loads the files as compose-go does where it decides the name itself.
func composeModel(ctx context.Context, s *Source, name string, given bool) (*types.Project, error) {
	var e expander
	return loader.LoadWithContext(ctx, s.details(), func(o *loader.Options) {
		o.SetProjectName(name, given)
		o.Interpolate.Substitute = e.substitute
		o.Interpolate.TypeCastMapping = casts(o.Interpolate.TypeCastMapping, &portCount{})
	})
}
