package composefile

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"golang.org/x/tools/txtar"
)

// TestPlainName holds the plain name of a set of files against the one that compose-go decides
// from the same files.
func TestPlainName(t *testing.T) {
	t.Parallel()
	const web = "services: {web: {image: nginx}}\n"
	tests := []struct {
		name, files string
		options     Options
		flag        string
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
		{name: "--project-name", files: "-- a/.env --\nCOMPOSE_PROJECT_NAME=fromenv\n-- a/compose.yaml --\nname: shop\n" + web, flag: "flag", want: "flag"},
		{name: "COMPOSE_FILE in .env", files: "-- a/.env --\nCOMPOSE_FILE=b/x.yaml\n-- a/b/x.yaml --\nname: ${COMPOSE_FILE:+named}\n" + web, want: "named"},
		{name: "--project-directory", files: "-- a/compose.yaml --\n" + web + "-- Root/x --\n", options: Options{Files: []string{"compose.yaml"}, Root: "Root"}, want: "root"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			top := directory(t, test.files)
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
			name, _, err := found.PlainName(test.flag)
			if err != nil {
				t.Fatal(err)
			}
			if name != test.want {
				t.Errorf("the name is %q, want %q", name, test.want)
			}
			outer, given, err := found.outerName(test.flag)
			if err != nil {
				t.Fatal(err)
			}
			model, err := composeModel(t.Context(), found, outer, given)
			if err != nil {
				t.Fatal(err)
			}
			if name != model.Name {
				t.Errorf("the name is %q, and Compose's %q", name, model.Name)
			}
		})
	}
}

// composeModel loads the files as compose-go does where it decides the name itself.
func composeModel(ctx context.Context, s *Set, name string, given bool) (*types.Project, error) {
	var e expander
	return loader.LoadWithContext(ctx, s.details(), func(o *loader.Options) {
		o.SetProjectName(name, given)
		o.Interpolate.Substitute = e.substitute
		o.Interpolate.TypeCastMapping = casts(o.Interpolate.TypeCastMapping, &portCount{})
	})
}

// directory writes the files of an archive of "-- name --" sections into a new directory. A
// name that ends in / is a directory.
func directory(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if strings.HasSuffix(file.Name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
