package scaffold_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/devup-cli/devup/internal/scaffold"
)

func TestDockerfilesAreValid(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, f scaffold.File) {
		if !strings.HasPrefix(path.Base(f.Path), "Dockerfile") || strings.HasSuffix(f.Path, ".dockerignore") {
			return
		}
		stages := parseDockerfile(t, f)
		if got := stages[0].Name; got != "base" {
			t.Errorf("the first stage is %q, want base", got)
		}
		if got := stages[len(stages)-1].Name; got != "dev" {
			t.Errorf("the last stage, which a plain build makes, is %q, want dev", got)
		}
		if !slices.ContainsFunc(stages, func(s instructions.Stage) bool { return s.Name == "prod" }) {
			t.Error("there is no stage prod")
		}
		for _, s := range stages {
			if s.Name == "dev" || s.Name == "prod" {
				checkFinalStage(t, s)
			}
		}
		// What Docker 20.10's own frontend does not know, or would have to fetch.
		for _, pattern := range []string{`(?m)^# *syntax=`, `<<`, `--link`, `uid=\$`, `--chmod`} {
			if found := regexp.MustCompile(pattern).Find(f.Content); found != nil {
				t.Errorf("it uses %q, which is too new", found)
			}
		}
		if regexp.MustCompile(`\n\n\n|[ \t]\n`).Match(f.Content) {
			t.Error("it has needless blanks")
		}
	})
}

// parseDockerfile reads a Dockerfile as BuildKit does, with all its lint rules.
func parseDockerfile(t *testing.T, f scaffold.File) []instructions.Stage {
	t.Helper()
	result, err := parser.Parse(bytes.NewReader(f.Content))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range result.Warnings {
		t.Errorf("parser: %s %v", w.Short, w.Location)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, msg string, at []parser.Range) { t.Errorf("lint %s: %s at %v", rule, msg, at) }})
	stages, meta, err := instructions.Parse(result.AST, lint)
	if err != nil {
		t.Fatal(err)
	}
	for _, arg := range meta {
		if arg.Args[0].Key != "PACKAGES" || *arg.Args[0].Value != "deps" {
			t.Errorf("ARG %s before the first FROM", arg.Args[0].Key)
		}
	}
	return stages
}

// checkFinalStage holds what an image that runs needs: a user who is not root, set
// after the last step that needs root, and a command that gets signals itself.
func checkFinalStage(t *testing.T, s instructions.Stage) {
	t.Helper()
	user, command := "", false
	for _, c := range s.Commands {
		switch c := c.(type) {
		case *instructions.UserCommand:
			user = c.User
		case *instructions.RunCommand:
			if user != "" {
				t.Errorf("stage %s: a RUN after USER", s.Name)
			}
		case *instructions.CmdCommand:
			command = true
			if c.PrependShell {
				t.Errorf("stage %s: CMD %v is in shell form", s.Name, c.CmdLine)
			}
		}
	}
	if user != "app" {
		t.Errorf("stage %s runs as %q, want app", s.Name, user)
	}
	if !command {
		t.Errorf("stage %s has no CMD", s.Name)
	}
}

func TestDevupYAMLIsCompose(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, f scaffold.File) {
		if f.Path != "devup.yaml" {
			return
		}
		dir := t.TempDir()
		files := []types.ConfigFile{{Filename: filepath.Join(dir, "devup.yaml"), Content: f.Content}}
		if bytes.Contains(f.Content, []byte("merged on top")) {
			base := []byte("services:\n  backend:\n    build: ./backend-flask\n    environment: [\"FRONTEND_URL=https://3000-.\"]\n")
			files = slices.Insert(files, 0, types.ConfigFile{Filename: filepath.Join(dir, "compose.yaml"), Content: base})
		}
		env := types.Mapping{}
		for _, m := range regexp.MustCompile(`\$\{(\w+):\?`).FindAllSubmatch(f.Content, -1) {
			env[string(m[1])] = "x" // what a start needs
		}
		if err := os.WriteFile(filepath.Join(dir, ".env"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(f.Content, []byte("jobs/compose.yaml")) {
			included := filepath.Join(dir, "jobs", "compose.yaml")
			if err := errors.Join(os.Mkdir(filepath.Dir(included), 0o777), os.WriteFile(included, []byte("services: {jobs: {build: .}}"), 0o666)); err != nil {
				t.Fatal(err)
			}
		}
		project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{WorkingDir: dir, ConfigFiles: files, Environment: env},
			func(o *loader.Options) { o.SetProjectName("test", false) })
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Content)
		}
		for _, s := range project.Services {
			if s.Build != nil && s.Extensions["x-devup"] == nil && s.Name != "gateway" && s.Name != "jobs" { // these have no stack
				t.Errorf("service %s has no x-devup", s.Name)
			}
			for name, value := range s.Environment {
				if value == nil || strings.Contains(*value, "$") || strings.Contains(*value, "3000-.") {
					t.Errorf("service %s: %s is not resolved", s.Name, name)
				}
			}
		}
	})
}

func TestOddPathsReachCompose(t *testing.T) {
	t.Parallel()
	files := render(t, repositories["old-versions-odd-names"])
	dir := t.TempDir()
	project, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "devup.yaml"), Content: []byte(content(t, files, "devup.yaml"))}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(dir, "apps", "cost $5: web")
	s := project.Services["cost-5"]
	if s.Build.Context != want {
		t.Errorf("context %s, want %s", s.Build.Context, want)
	}
	if s.Volumes[0].Source != want || s.Volumes[0].Type != types.VolumeTypeBind {
		t.Errorf("volume %+v, want a bind of %s", s.Volumes[0], want)
	}
	if s.Volumes[1].Source != "" || s.Volumes[1].Target != "/cost-5/node_modules" {
		t.Errorf("volume %+v, want an anonymous one", s.Volumes[1])
	}
}

func TestDevcontainerIsJSONWithComments(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, f scaffold.File) {
		if path.Base(f.Path) != "devcontainer.json" {
			return
		}
		plain := regexp.MustCompile(`(?m)^\s*//.*$`).ReplaceAll(f.Content, nil)
		var v struct {
			Image             string                    `json:"image"`
			Features          map[string]map[string]any `json:"features"`
			ForwardPorts      []int                     `json:"forwardPorts"`
			PortsAttributes   map[string]struct{ Label string }
			PostStartCommand  string `json:"postStartCommand"`
			OnCreateCommand   string `json:"onCreateCommand"`
			DockerComposeFile string `json:"dockerComposeFile"`
		}
		if err := json.Unmarshal(plain, &v); err != nil {
			t.Fatalf("%v\n%s", err, plain)
		}
		if v.PostStartCommand != "devup up --detach" || len(v.ForwardPorts) != len(v.PortsAttributes) {
			t.Errorf("%+v", v)
		}
		for feature := range v.Features {
			if !regexp.MustCompile(`^ghcr\.io/devcontainers/features/[a-z-]+:[0-9]+\.[0-9]+\.[0-9]+$`).MatchString(feature) {
				t.Errorf("feature %s is not pinned to a full version", feature)
			}
		}
	})
}

// eachFile calls check with every file of every repository.
func eachFile(t *testing.T, check func(*testing.T, scaffold.File)) {
	t.Helper()
	for name, repo := range repositories {
		for _, f := range render(t, repo) {
			t.Run(name+"/"+f.Path, func(t *testing.T) {
				t.Parallel()
				check(t, f)
			})
		}
	}
}
