package scaffold_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/scaffold"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

var update = flag.Bool("update", false, "rewrite the golden trees in testdata")

func TestRender(t *testing.T) {
	t.Parallel()
	for name, repo := range repositories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name, render(t, repo))
		})
	}
}

// render renders with the options of most tests.
func render(t *testing.T, repo detect.Repository) []scaffold.File {
	t.Helper()
	files, err := scaffold.Render(repo, scaffold.Options{Name: "My Shop"})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// golden compares files with the tree testdata/<name>.txtar.
func golden(t *testing.T, name string, files []scaffold.File) {
	t.Helper()
	var got txtar.Archive
	for _, f := range files {
		got.Files = append(got.Files, txtar.File{Name: f.Path, Data: f.Content})
	}
	text := txtar.Format(&got)
	path := filepath.Join("testdata", name+".txtar")
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want = []byte(strings.ReplaceAll(string(want), "\r\n", "\n"))
	if d := cmp.Diff(string(want), string(text)); d != "" {
		t.Errorf("%s (-want +got), `go test ./internal/scaffold -update` takes it:\n%s", path, d)
	}
}

func content(t *testing.T, files []scaffold.File, path string) string {
	t.Helper()
	for _, f := range files {
		if f.Path == path {
			return string(f.Content)
		}
	}
	t.Fatalf("no file %s among %v", path, paths(files))
	return ""
}

func paths(files []scaffold.File) []string {
	var all []string
	for _, f := range files {
		all = append(all, f.Path)
	}
	return all
}

func TestInstallGoesIntoWorkspaceFiles(t *testing.T) {
	t.Parallel()
	const install = `go install github.com/devup-cli/devup/cmd/devup@v1.2.3 && echo "done: <ok>"`
	files, err := scaffold.Render(repositories["flask-and-cra"], scaffold.Options{Name: "x", Install: install})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		".gitpod.yml": {`before: "go install github.com/devup-cli/devup/cmd/devup@v1.2.3 && echo \"done: <ok>\""`},
		".devcontainer/devcontainer.json": {
			`"onCreateCommand": "go install github.com/devup-cli/devup/cmd/devup@v1.2.3 && echo \"done: <ok>\"",`,
			`"ghcr.io/devcontainers/features/go:1.3.4": {},`,
		},
	} {
		text := content(t, files, path)
		for _, line := range want {
			if !strings.Contains(text, line) {
				t.Errorf("%s lacks %s:\n%s", path, line, text)
			}
		}
		if strings.Contains(text, "not on this image") {
			t.Errorf("%s says that devup is missing:\n%s", path, text)
		}
	}
}

func TestBaseImages(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"node 24": "node:24-bookworm-slim", "node 20.19.1": "node:20.19.1-bookworm-slim", "node 18": "node:18-bookworm-slim",
		"node 18.16": "node:18.16-bullseye-slim", "node 18.17": "node:18.17-bookworm-slim", "node 16": "node:16-bookworm-slim",
		"node 16.18": "node:16.18-bullseye-slim", "node 16.3": "node:16.3-buster-slim", "node 14": "node:14-bullseye-slim",
		"node 10": "node:10-buster-slim", "node lts": "node:lts-bookworm-slim", "node 20-alpine": "node:20-alpine",
		"node ": "node:24-bookworm-slim", "python ": "python:3.13-slim-bookworm",
		"python 3": "python:3-slim-bookworm", "python 3.10": "python:3.10-slim-bookworm",
		"python 3.10.10": "python:3.10-slim-bookworm", "python 3.10.12": "python:3.10.12-slim-bookworm",
		"python 3.9.2": "python:3.9-slim-bookworm", "python 3.6": "python:3.6-slim-bullseye", "python 2.7": "python:2.7-slim-buster",
		"python 3.14.1": "python:3.14.1-slim-bookworm",
	} {
		language, number, _ := strings.Cut(version, " ")
		stack := map[string]string{"node": "node", "python": "python"}[language]
		files, err := scaffold.ForService(detect.Repository{}, detect.Service{
			Name: "x", Dir: ".", StackName: stack, Runtime: detect.Runtime{Language: language, Version: number},
		})
		if err != nil {
			t.Fatal(err)
		}
		if text := content(t, files, "Dockerfile"); !strings.Contains(text, "\nFROM "+want+" AS base\n") {
			_, from, _ := strings.Cut(text, "\nFROM ")
			from, _, _ = strings.Cut(from, "\n")
			t.Errorf("%s: base image %s, want %s", version, from, want)
		}
	}
}

func TestForServiceNeedsNoMoreThanAStack(t *testing.T) {
	t.Parallel()
	for _, stack := range stacks.Names() {
		t.Run(string(stack), func(t *testing.T) {
			t.Parallel()
			files, err := scaffold.ForService(detect.Repository{}, detect.Service{Name: "web", Dir: "apps/web", StackName: stack})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{"apps/web/.dockerignore", "apps/web/Dockerfile"}, paths(files)); d != "" {
				t.Error(d)
			}
			golden(t, "for-service-"+string(stack), files)
		})
	}
}

// TestEmptyEnv: the image makes the .env without which a program ends.
func TestEmptyEnv(t *testing.T) {
	t.Parallel()
	for stack, made := range map[string]string{"go": "COPY --from=build --chown=app:app /tmp/.env ./\n", "rust": "RUN touch .env\n"} {
		for _, needed := range []bool{true, false} {
			files, err := scaffold.ForService(detect.Repository{}, detect.Service{Name: "api", Dir: ".", StackName: stack, EmptyEnv: needed})
			if err != nil {
				t.Fatal(err)
			}
			text := content(t, files, "Dockerfile")
			for _, line := range []string{made, "    '[ -e .env ] || touch .env #"} {
				if strings.Contains(text, line) != needed {
					t.Errorf("%s, needed %v: %q in\n%s", stack, needed, line, text)
				}
			}
		}
	}
}

// TestAliases: the names by which sources call a service are its own in the network, or those of the
// service that holds its network.
func TestAliases(t *testing.T) {
	t.Parallel()
	repo := detect.Repository{Services: []detect.Service{
		{Name: "server", Dir: "server", StackName: "go", Port: detect.Port{Number: 8080}, HostPort: 8080, Aliases: []string{"backend-api"}},
		{Name: "web", Dir: "web", StackName: "vite", Port: detect.Port{Number: 5173}, HostPort: 5173},
	}}
	for want, loopbacks := range map[string][]detect.Loopback{
		"aliases: [backend-api] #":            nil,
		"aliases: [server, web, backend-api]": {{Name: "loopback", Members: []string{"server", "web"}}},
	} {
		repo.Loopbacks = loopbacks
		files, err := scaffold.Render(repo, scaffold.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if text := content(t, files, "devup.yaml"); strings.Count(text, "aliases:") != 1 || !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestPortOfGoIsAnAddress: a program that listens on PORT as it is gets a colon in front of it.
func TestPortOfGoIsAnAddress(t *testing.T) {
	t.Parallel()
	for _, colon := range []string{"", ":"} {
		s := detect.Service{Name: "api", Dir: "api", StackName: "go", Port: detect.Port{Number: 8080}}
		if colon != "" {
			s.Listens = []stack.Setting{{Name: "PORT", Value: ":8080"}}
		}
		files, err := scaffold.ForService(detect.Repository{}, s)
		if err != nil {
			t.Fatal(err)
		}
		if text := content(t, files, "api/Dockerfile"); strings.Count(text, "ENV PORT="+colon+"8080\n") != 2 {
			t.Errorf("%q: no PORT in\n%s", colon, text)
		}
	}
}

// TestQueriesOfSqlx: a crate whose queries sqlx checks with a database is compiled where that is.
func TestQueriesOfSqlx(t *testing.T) {
	t.Parallel()
	for _, includes := range [][]string{nil, {".sqlx"}, {"database"}} {
		s := detect.Service{Name: "api", Dir: "api", StackName: "rust", Port: detect.Port{Number: 8080}}
		s.Packages.Includes = includes
		files, err := scaffold.ForService(detect.Repository{}, s)
		if err != nil {
			t.Fatal(err)
		}
		text := content(t, files, "api/Dockerfile")
		if fails, online := strings.Contains(text, " || true\n"), len(includes) > 0 && includes[0] == "database"; fails != online {
			t.Errorf("%q: the build may fail: %v\n%s", includes, fails, text)
		}
	}
}

func TestUnknownStack(t *testing.T) {
	t.Parallel()
	_, err := scaffold.ForService(detect.Repository{}, detect.Service{Name: "web", StackName: "project"})
	var f *fail.Error
	if !errors.As(err, &f) || f.Code != fail.Config || !strings.Contains(f.Hint, strings.Join(stacks.Names(), ", ")) {
		t.Errorf("error %#v, want one that lists the stacks", err)
	}
}

func TestNothingToAddToComposeFiles(t *testing.T) {
	t.Parallel()
	files := render(t, detect.Repository{Compose: []string{"compose.yaml"}, Services: []detect.Service{
		{Name: "worker", Dir: "worker", StackName: "python", Dockerfile: "Dockerfile", Compose: "worker"},
	}})
	if d := cmp.Diff([]string{".devcontainer/devcontainer.json", ".gitpod.yml"}, paths(files)); d != "" {
		t.Error(d)
	}
}

// TestSecondRenderIsTheFirst: what init wrote is evidence for nothing, whatever the repository.
func TestSecondRenderIsTheFirst(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("../detect/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{}
			for _, f := range archive.Files {
				fsys[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			delete(fsys, "want")
			for again := range 2 {
				repo, err := detect.Scan(fsys)
				if err != nil {
					t.Fatal(err)
				}
				changes, err := scaffold.Compare(fsys, render(t, repo))
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					switch {
					case again == 0 && c.State == scaffold.New:
						fsys[c.Path] = &fstest.MapFile{Data: c.Content}
					case again == 1 && c.State == scaffold.New, again == 1 && c.State == scaffold.Differs && strings.HasSuffix(c.Path, "Dockerfile"):
						t.Errorf("%s is %s the second time\n%s", c.Path, c.State, c.Diff)
					}
				}
			}
		})
	}
}

func TestMigrationsAreASetupStep(t *testing.T) {
	t.Parallel()
	service := detect.Service{Name: "api", Dir: "api", StackName: "flask", Migrate: []string{"flask", "db", "$up"}, MigrateFiles: []string{"api/migrations"}}
	files := render(t, detect.Repository{Services: []detect.Service{service}})
	if text, want := content(t, files, "devup.yaml"), "- name: migrate\n          run: [flask, db, \"$$up\"]\n          before: ready\n          changed: [api/migrations] #"; !strings.Contains(text, want) {
		t.Errorf("devup.yaml lacks %s:\n%s", want, text)
	}
}
