package composefile

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

func TestWhichFilesMakeTheProject(t *testing.T) {
	t.Parallel()
	const web = "services: {web: {image: nginx}}"
	tests := []struct {
		name, files, from string
		options           Options
		want, note        string
	}{
		{name: "devup.yaml alone", files: "-- devup.yaml --\n" + web, want: "devup.yaml"},
		{name: "devup.yml too", files: "-- devup.yml --\n" + web, want: "devup.yml"},
		{name: "compose alone", files: "-- docker-compose.yml --\n" + web, want: "docker-compose.yml"},
		{name: "compose and override", files: "-- compose.yaml --\n" + web + "\n-- compose.override.yaml --\n" + web, want: "compose.yaml compose.override.yaml"},
		{
			name:  "all three",
			files: "-- docker-compose.yaml --\n" + web + "\n-- docker-compose.override.yml --\n" + web + "\n-- devup.yaml --\n" + web,
			want:  "docker-compose.yaml docker-compose.override.yml devup.yaml",
		},
		{
			name:  "two compose files",
			files: "-- compose.yaml --\n" + web + "\n-- docker-compose.yml --\n" + web,
			want:  "compose.yaml", note: "compose.yaml is used, and docker-compose.yml is not",
		},
		{name: "an override alone is nothing", files: "-- devup.yaml --\n" + web + "\n-- compose.override.yaml --\n" + web, want: "devup.yaml"},
		{name: "devup.override.yaml is not a thing", files: "-- devup.yaml --\n" + web + "\n-- devup.override.yaml --\nx: [", want: "devup.yaml"},
		{name: "above", files: "-- compose.yaml --\n" + web + "\n-- a/b/ --", from: "a/b", want: "compose.yaml", note: "above this directory"},
		{name: "nearest", files: "-- compose.yaml --\nx: [\n-- a/devup.yaml --\n" + web, from: "a", want: "devup.yaml"},
		{name: "named", files: "-- compose.yaml --\nx: [\n-- docker-compose.dev.yml --\n" + web, options: Options{Files: []string{"docker-compose.dev.yml"}}, want: "docker-compose.dev.yml"},
		{
			name:    "COMPOSE_FILE",
			files:   "-- a.yml --\n" + web + "\n-- b.yml --\n" + web,
			options: Options{Env: map[string]string{"COMPOSE_FILE": "a.yml|b.yml", "COMPOSE_PATH_SEPARATOR": "|"}}, want: "a.yml b.yml",
		},
		{name: "COMPOSE_FILE in .env", files: "-- .env --\nCOMPOSE_FILE=a.yml\n-- a.yml --\n" + web, want: "a.yml"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.files)
			test.options.Dir = filepath.Join(dir, test.from)
			model, set := loaded(t, dir, test.options)
			if got := strings.Join(bases(model.Project.ComposeFiles), " "); got != test.want {
				t.Errorf("files %s, want %s", got, test.want)
			}
			if notes := strings.Join(set.Notes, "\n"); !strings.Contains(notes, test.note) || test.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", notes, test.note)
			}
		})
	}
}

func TestNoProject(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, files string
		options     Options
		message     string
		hint        string
	}{
		{name: "nothing", files: "-- README.md --", message: "there is no devup.yaml or compose file in DIR or above", hint: "devup init"},
		{name: "other names", files: "-- docker-compose.dev.yml --\nservices: {}", message: "or above, only docker-compose.dev.yml", hint: "devup -f docker-compose.dev.yml up"},
		{name: "named and missing", options: Options{Files: []string{"x.yml"}}, message: "there is no file DIR/x.yml"},
		{name: "named and a directory", files: "-- x/ --", options: Options{Files: []string{"x"}}, message: "DIR/x is a directory"},
		{name: "COMPOSE_FILE", options: Options{Env: map[string]string{"COMPOSE_FILE": "y.yml"}}, message: "(from COMPOSE_FILE)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := directory(t, test.files)
			test.options.Dir = dir
			_, _, err := load(t.Context(), test.options, "")
			e := failure(t, err)
			want := strings.ReplaceAll(test.message, "DIR/", dir+string(filepath.Separator))
			want = strings.ReplaceAll(want, "DIR", dir)
			if e.Code != fail.NoProject || !strings.Contains(e.Message, want) || !strings.Contains(e.Hint, test.hint) {
				t.Errorf("%s: %s (hint: %s)\nwant %s: %s (hint: %s)", e.Code, e.Message, e.Hint, fail.NoProject, want, test.hint)
			}
		})
	}
}

func TestConfigFromStandardInput(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- .env --\nTAG=9\n-- base.yaml --\nservices: {web: {image: nginx}}")
	stdin := func(text string) func() ([]byte, error) {
		return func() ([]byte, error) { return []byte(text), nil }
	}
	model, _ := loaded(t, dir, Options{Files: []string{"-"}, Stdin: stdin("services: {web: {build: ./web, image: 'a:${TAG}'}}")})
	if web := model.Project.Services["web"]; web.Build.Context != filepath.Join(dir, "web") || web.Image != "a:9" {
		t.Errorf("paths and .env are those of the current directory, but %s, %s", web.Build.Context, web.Image)
	}
	model, _ = loaded(t, dir, Options{Files: []string{"base.yaml", "-"}, Stdin: stdin("services: {web: {hostname: h}}")})
	if web := model.Project.Services["web"]; web.Image != "nginx" || web.Hostname != "h" {
		t.Errorf("merged to %+v", web)
	}
	_, _, err := load(t.Context(), Options{Dir: dir, Files: []string{"-"}, Stdin: stdin("services: {web: {imag: a}}")}, "")
	if e := failure(t, err); e.File != "standard input" || e.Line != 1 {
		t.Errorf("a mistake is at %s:%d", e.File, e.Line)
	}
}

// Compose reads .env of the current directory before the one next to a config that it
// found above, and only the latter's when the config was named.
func TestWhichDotEnvCounts(t *testing.T) {
	t.Parallel()
	dir := directory(t, `
-- .env --
WHO=above
ABOVE=1
-- a/.env --
WHO=here
-- b/.env --
WHO=sibling
-- compose.yaml --
services: {web: {image: "x:${WHO}-${ABOVE:-0}"}}
-- b/compose.yaml --
services: {web: {image: "x:${WHO}"}}
`)
	tests := []struct {
		name    string
		options Options
		want    string
	}{
		{"found above", Options{Dir: filepath.Join(dir, "a")}, "x:here-1"},
		{"named elsewhere", Options{Dir: filepath.Join(dir, "a"), Files: []string{"../b/compose.yaml"}}, "x:sibling"},
		{"named with a root", Options{Dir: filepath.Join(dir, "a"), Root: dir, Files: []string{"../b/compose.yaml"}}, "x:above"},
		{"COMPOSE_ENV_FILES", Options{Dir: dir, Env: map[string]string{"COMPOSE_ENV_FILES": "a/.env,b/.env,"}}, "x:sibling-0"},
		{"switched off", Options{Dir: dir, Env: map[string]string{"COMPOSE_DISABLE_ENV_FILE": "1", "WHO": "me"}}, "x:me-0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			model, _ := loaded(t, dir, test.options)
			if got := model.Project.Services["web"].Image; got != test.want {
				t.Errorf("image %s, want %s", got, test.want)
			}
		})
	}
}

func TestRelativePathsFollowTheRoot(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- deploy/compose.yaml --\nservices: {web: {build: ./web}}")
	model, _ := loaded(t, dir, Options{Files: []string{"deploy/compose.yaml"}})
	if got, want := model.Project.Services["web"].Build.Context, filepath.Join(dir, "deploy", "web"); got != want {
		t.Errorf("context %s, want %s", got, want)
	}
	model, _ = loaded(t, dir, Options{Files: []string{"deploy/compose.yaml"}, Root: dir})
	if got, want := model.Project.Services["web"].Build.Context, filepath.Join(dir, "web"); got != want {
		t.Errorf("context with --project-directory %s, want %s", got, want)
	}
}
