package scaffold_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
)

// workspaceFiles are the files of all platforms for a repository.
func workspaceFiles(t *testing.T, repo detect.Repository, o scaffold.Options) []scaffold.File {
	t.Helper()
	o.Platforms = scaffold.Platforms()
	files, err := scaffold.Render(repo, o)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(f scaffold.File) bool { return schemaOf(f.Path) == "" })
}

// TestWorkspaceFiles compares what the platforms get for the example and for a monorepo.
func TestWorkspaceFiles(t *testing.T) {
	t.Parallel()
	example, err := detect.Scan(os.DirFS(filepath.Join("..", "..", "examples", "cruddur")))
	if err != nil {
		t.Fatal(err)
	}
	install := "go install github.com/devup-cli/devup/cmd/devup@v1.2.3"
	golden(t, "platforms-example", workspaceFiles(t, example, scaffold.Options{Name: "cruddur", Install: install}))
	golden(t, "platforms-monorepo", workspaceFiles(t, repositories["npm-workspace"], scaffold.Options{Name: "My Shop", Marked: map[string]bool{"api": false, "web": true}}))
}

// TestOnlyTheGatewayIsPublic: behind a gateway no service's port is opened or shown.
func TestOnlyTheGatewayIsPublic(t *testing.T) {
	t.Parallel()
	text := content(t, workspaceFiles(t, repositories["flask-and-cra"], scaffold.Options{Name: "x", Gateway: 8080}), ".gitpod.yml")
	var file struct {
		Ports []struct {
			Port               int
			OnOpen, Visibility string
		}
	}
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(text, "onOpen", "onopen")), &file); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range file.Ports {
		got = append(got, fmt.Sprintf("%d %s %s", p.Port, p.Visibility, p.OnOpen))
	}
	if d := cmp.Diff([]string{"4567 private ignore", "3000 private ignore", "8080 public open-preview"}, got); d != "" {
		t.Error(d)
	}
}

func TestPlatformsChooseTheFiles(t *testing.T) {
	t.Parallel()
	const gitpod, devcontainer, ona = ".gitpod.yml", ".devcontainer/devcontainer.json", ".ona/automations.yaml"
	for _, c := range []struct {
		platforms []scaffold.Platform
		want      []string
	}{
		{nil, []string{devcontainer, gitpod}},
		{[]scaffold.Platform{}, nil},
		{[]scaffold.Platform{scaffold.Gitpod}, []string{gitpod}},
		{[]scaffold.Platform{scaffold.Codespaces}, []string{devcontainer}},
		{[]scaffold.Platform{scaffold.Devcontainer}, []string{devcontainer}},
		{[]scaffold.Platform{scaffold.Ona}, []string{devcontainer, ona}},
		{scaffold.Platforms(), []string{devcontainer, gitpod, ona}},
	} {
		files, err := scaffold.Render(smallRepository, scaffold.Options{Name: "x", Platforms: c.platforms})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(paths(files), func(p string) bool { return schemaOf(p) == "" })
		if d := cmp.Diff(c.want, got); d != "" && len(c.want)+len(got) > 0 {
			t.Errorf("%v (-want +got):\n%s", c.platforms, d)
		}
	}
}

func TestPlatformsFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files []string // "PATH CONTENT"
		want  string
	}{
		"nothing there":                         {nil, "gitpod codespaces"},
		"workspace files of its own":            {[]string{".gitpod.yml tasks: []"}, "gitpod gitpod codespaces"},
		"Ona's old place":                       {[]string{".gitpod/automations.yaml services: {}"}, "ona gitpod codespaces"},
		"an init for nothing":                   {[]string{"devup.yaml services: {}"}, ""},
		"an init for the usual":                 {[]string{"devup.yaml x", ".gitpod.yml x", ".devcontainer/devcontainer.json x"}, "gitpod codespaces"},
		"an init for Ona":                       {[]string{"devup.yaml x", ".devcontainer/devcontainer.json x", ".ona/automations.yaml x"}, "codespaces ona"},
		"an init next to compose files":         {[]string{"compose.yaml x", ".gitpod.yml command: devup up"}, "gitpod"},
		"a dev container in a directory of two": {[]string{"devup.yaml x", ".devcontainer/python/devcontainer.json x"}, "codespaces"},
		"a dev container at the top":            {[]string{"devup.yaml x", ".devcontainer.json x"}, "codespaces"},
		"an empty file":                         {[]string{"devup.yaml x", ".gitpod.yml "}, "gitpod"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := fstest.MapFS{}
			for _, f := range c.files {
				path, content, _ := strings.Cut(f, " ")
				tree[path] = &fstest.MapFile{Data: []byte(content)}
			}
			var got []string
			for _, p := range scaffold.PlatformsFor(tree) {
				got = append(got, string(p))
			}
			if d := cmp.Diff(c.want, strings.Join(got, " ")); d != "" {
				t.Error(d)
			}
		})
	}
}

// schemaOf names the schema that a file of a platform has to follow; "-" where the real
// program is the judge, in the end-to-end tests; empty for a file of no platform.
func schemaOf(name string) string {
	switch path.Base(name) {
	case ".gitpod.yml":
		return "gitpod"
	case "automations.yaml":
		return "ona"
	case "devcontainer.json", ".devcontainer.json":
		return "-"
	}
	return ""
}

// broken tells what a YAML text has against a schema of testdata/schema.
func broken(t *testing.T, schema string, text []byte) error {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(filepath.Join("testdata", "schema", schema+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return err
	}
	plain, err := json.Marshal(value)
	if err != nil {
		return err
	}
	value, err = jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}

func TestWorkspaceFilesFollowTheirSchemas(t *testing.T) {
	t.Parallel()
	for name, repo := range repositories {
		for _, install := range []string{"", "curl -fsSL https://example.com/install: | sh # x"} {
			for _, f := range workspaceFiles(t, repo, scaffold.Options{Name: "x", Install: install}) {
				if schema := schemaOf(f.Path); schema != "-" {
					if err := broken(t, schema, f.Content); err != nil {
						t.Errorf("%s: %s: %v\n%s", name, f.Path, err, f.Content)
					}
				}
			}
		}
	}
}

// TestSchemasRefuse makes sure that the schemas of testdata can find a mistake.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	for schema, texts := range map[string][]string{
		"gitpod": {
			"port: []", "ports: [{name: x}]", "ports: [{port: 3000, public: true}]", "ports: [{port: 3000, visibility: open}]",
			"ports: [{port: 3000, onOpen: openPreview}]", "ports: [{port: '3000'}]", "tasks: [{start: x}]", "tasks: {command: x}", "image: {context: .}",
		},
		"ona": {
			"ports: {}", "services: {a b: {name: x, commands: {start: x}}}", "services: {a: {commands: {start: x}}}", "services: {a: {name: x, commands: {ready: x}}}",
			"services: {a: {name: x, commands: {start: x, restart: y}}}", "services: {a: {name: x, command: y}}", "services: {a: {name: x, commands: {start: x}, triggeredBy: [always]}}",
			"services: {a: {name: x, commands: {start: x}, triggeredBy: [beforeSnapshot]}}", "tasks: {a: {name: x}}",
		},
	} {
		for _, text := range texts {
			if broken(t, schema, []byte(text)) == nil {
				t.Errorf("%s takes %s", schema, text)
			}
		}
	}
}

// strangers are files that other people wrote, as they lie in public repositories.
var strangers = map[string][]string{
	".gitpod.yml": {
		"image: {file: .gitpod.Dockerfile}\n",
		"tasks:\n  - command: npm start\n\nports:\n  - port: 3000-3999\n    onOpen: ignore\n",
		"# only ports\nports:\n- port: 8080\n",
	},
	".ona/automations.yaml": {
		"tasks:\n  seed:\n    name: Seed\n    command: |\n      make seed\n",
		"services:\n    db:\n        name: PostgreSQL\n        commands:\n            start: docker run postgres\n# the end",
	},
}

func TestAdditionsFollowTheSchemas(t *testing.T) {
	t.Parallel()
	for _, f := range workspaceFiles(t, repositories["flask-and-cra"], scaffold.Options{Name: "x"}) {
		for _, have := range strangers[f.Path] {
			merged := scaffold.Merge(f, []byte(have))
			if err := broken(t, schemaOf(f.Path), merged); err != nil {
				t.Errorf("%s: %v\n%s", f.Path, err, merged)
			}
			if !bytes.Contains(merged, []byte("devup up")) {
				t.Errorf("%s does not start devup:\n%s", f.Path, merged)
			}
			for line := range strings.Lines(have) {
				if !bytes.Contains(merged, []byte(strings.TrimSpace(line))) {
					t.Errorf("%s lost %q:\n%s", f.Path, line, merged)
				}
			}
		}
	}
}

// TestAdditionsForOna: what Ona needs is added where nothing decides it already, at
// whatever place the files have.
func TestAdditionsForOna(t *testing.T) {
	t.Parallel()
	const services = "services:\n  app:\n    name: App\n    commands:\n      start: make env && devup up\n"
	for name, c := range map[string]struct {
		path, have, added string // added: a line of the diff; empty for no change
	}{
		"no arguments":            {".devcontainer/devcontainer.json", allButStart + `"postStartCommand": "devup up"}`, `+  "runArgs": ["--network=host"],`},
		"other arguments":         {".devcontainer.json", allButStart + "\"runArgs\": [\"--init\"],\n\"postStartCommand\": \"devup up\"}", `+"runArgs": ["--network=host", "--init"],`},
		"the host's network":      {".devcontainer.json", allButStart + `"runArgs": ["--net", "host"], "postStartCommand": "devup up"}`, ""},
		"a service of Compose":    {".devcontainer.json", allButStart + `"dockerComposeFile": "compose.yaml", "postStartCommand": "devup up"}`, ""},
		"services at the old one": {".gitpod/automations.yaml", "services:\n  db:\n    name: DB\n    commands: {start: x}\n", "+      start: devup up # until the service is stopped"},
		"a service that does it":  {".ona/automations.yaml", services, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := workspaceFiles(t, smallRepository, scaffold.Options{Name: "x"})
			changes, err := scaffold.Compare(fstest.MapFS{c.path: &fstest.MapFile{Data: []byte(c.have)}}, files)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(changes, func(change scaffold.Change) bool { return change.Path == c.path })
			if i < 0 {
				t.Fatalf("%s is not compared", c.path)
			}
			if got := changes[i].Diff; !strings.Contains("\n"+got, "\n"+c.added) || (got == "") != (c.added == "") {
				t.Errorf("%s lacks %q:\n%s", changes[i].State, c.added, got)
			}
		})
	}
}

// TestDevcontainerLeavesOut checks for what the platforms do not do or do badly: no port
// is https, which makes a public port private, and visibility is nothing they read.
func TestDevcontainerLeavesOut(t *testing.T) {
	t.Parallel()
	for name, repo := range repositories {
		text := content(t, workspaceFiles(t, repo, scaffold.Options{Name: "x"}), ".devcontainer/devcontainer.json")
		if found := regexp.MustCompile(`"https"|visibility|privileged`).FindString(text); found != "" {
			t.Errorf("%s: it says %s:\n%s", name, found, text)
		}
	}
}
