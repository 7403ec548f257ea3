package composefile

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/symbol"
)

// TestMerge: what several files, an include or an extends make of one service.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"an override", "-- compose.yaml --\nservices: {web: {image: a, environment: {A: 1, B: 1}}}\n-- compose.override.yaml --\nservices: {web: {image: b, environment: {B: 2}}}\n", "web b A=1 B=2"},
		{"devup.yaml on top", "-- compose.yaml --\nservices: {web: {image: a, ports: ['80:80']}}\n-- devup.yaml --\nservices: {web: {ports: ['81:81']}}\n", "web a 80:80 81:81"},
		{"a reset", "-- compose.yaml --\nservices: {web: {image: a, ports: ['80:80']}}\n-- devup.yaml --\nservices: {web: {ports: !reset null}}\n", "web a"},
		{"an override of a list", "-- compose.yaml --\nservices: {web: {image: a, ports: ['80:80']}}\n-- devup.yaml --\nservices: {web: {ports: !override ['81:81']}}\n", "web a 81:81"},
		{"several documents", "-- compose.yaml --\nservices: {web: {image: a}}\n---\nservices: {web: {image: b}, db: {image: c}}\n", "db c|web b"},
		{"an include", "-- compose.yaml --\ninclude: [sub/compose.yaml]\nservices: {web: {image: a}}\n-- sub/compose.yaml --\nservices: {db: {image: '${TAG}'}}\n-- sub/.env --\nTAG=sub\n", "db sub|web a"},
		{"an include with an env file", "-- compose.yaml --\ninclude: [{path: a.yaml, env_file: [x.env]}]\nservices: {}\n-- a.yaml --\nservices: {db: {image: '${TAG}-${UP:-no}'}}\n-- x.env --\nTAG=x\n-- .env --\nUP=up\n", "db x-up"},
		{"an extends", "-- compose.yaml --\nservices: {web: {extends: {file: base/a.yaml, service: base}, image: b}}\n-- base/a.yaml --\nservices: {base: {image: a, environment: {A: 1}}}\n", "web b A=1"},
		{"an extends of an extends", "-- compose.yaml --\nservices: {web: {extends: {file: base/a.yaml, service: one}}}\n-- base/a.yaml --\nservices: {one: {extends: {file: b.yaml, service: two}}}\n-- base/b.yaml --\nservices: {two: {image: b}}\n", "web b"},
		{"an anchor", "-- compose.yaml --\nx-a: &a {environment: {A: 1}}\nservices: {web: {<<: *a, image: a}}\n", "web a A=1"},
		{"a variable for a port of the host", "-- compose.yaml --\nservices: {web: {image: a, ports: ['${DEVUP_PORT_WEB:-3000}:80']}}\n", "web a 3000:80"},
		{"a variable for a port that nothing sets", "-- compose.yaml --\nservices: {web: {image: a, ports: ['${DEVUP_PORT_WEB}:80']}}\n", "web a :80"},
		{"labels of a file", "-- compose.yaml --\nservices: {web: {image: a, label_file: x.env, labels: {B: 2}}}\n-- x.env --\nA=1\nB=1\n", "web a @A=1 @B=2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			model, _ := loaded(t, directory(t, test.files), Options{})
			var got []string
			for _, name := range slices.Sorted(maps.Keys(model.Project.Services)) {
				s := model.Project.Services[name]
				text := name + " " + s.Image
				for _, port := range s.Ports {
					text += fmt.Sprintf(" %s:%d", port.Published, port.Target)
				}
				env := map[string]string{}
				for name, value := range s.Environment {
					env[name] = *value
				}
				for name, value := range s.Labels {
					env["@"+name] = value
				}
				got = append(got, strings.TrimSpace(text+" "+pairs(env)))
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// TestTokensInAModel: what is not known while loading stays a token, but where the loader would
// parse it.
func TestTokensInAModel(t *testing.T) {
	t.Parallel()
	model, _ := loaded(t, directory(t, "-- compose.yaml --\nservices: {web: {image: 'a:${DEVUP_URL_WEB:-1}', command: '$DEVUP_URL_WEB', container_name: 'n${DEVUP_PORT_WEB:-1}'}}\n"), Options{})
	web := model.Project.Services["web"]
	if web.Image != "a:1" || web.ContainerName != "n1" {
		t.Errorf("image %q, container name %q: want their defaults", web.Image, web.ContainerName)
	}
	if got := symbol.Fill(web.Command[0], func(name string) (string, bool) { return "<" + name + ">", true }); got != "<DEVUP_URL_WEB>" {
		t.Errorf("the command is %q", got)
	}
}

// TestUnset: the variables without a value, and whether one of them is the error.
func TestUnset(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ command, want string }{
		{"$A ${B:-x} $C $A", "A C false"}, {"${A:?why} $B", "true"}, {"${A-x} ${A:+y}", "false"}, {"$DEVUP_UID", "false"},
	} {
		model, _, err := load(t.Context(), Options{Dir: directory(t, "-- compose.yaml --\nservices: {web: {image: a, command: '"+test.command+"'}}\n")}, "")
		got := strings.TrimSpace(strings.Join(model.Unset.Names, " ") + " " + fmt.Sprint(model.Unset.Required))
		if got != test.want || model.Unset.Required != (err != nil) {
			t.Errorf("%s: %s (%v), want %s", test.command, got, err, test.want)
		}
	}
}

// TestUnsetValues: the variables that have to be set, in all files, each with its first place.
func TestUnsetValues(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- compose.yaml --\ninclude: [sub/a.yaml]\nservices:\n  web:\n    image: ${A:?why}\n    command: |\n      $PLAIN ${SET:?}\n      ${B?}\n    labels: [\"${A:?again}\", \"${EMPTY:?}\"]\n-- sub/a.yaml --\nservices: {db: {image: '${C:?${D:-because}}'}}\n")
	set, err := Find(Options{Dir: dir, Env: map[string]string{"SET": "1", "EMPTY": ""}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range set.UnsetValues(map[string]string{"EMPTY": ""}) {
		text := v.Name + " " + v.Place() + " " + v.Reason
		if v.Shell {
			text += "(shell)"
		}
		got = append(got, strings.TrimSpace(text))
	}
	want := "C sub/a.yaml:1 because|A compose.yaml:4 why|B compose.yaml:7|EMPTY compose.yaml:8 (shell)"
	if text := strings.Join(got, "|"); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// TestRaw: the merged config holds its variables as they are written, and no value.
func TestRaw(t *testing.T) {
	t.Parallel()
	dir := directory(t, `-- compose.yaml --
services:
  web:
    image: a:${TAG:-1}
    environment: [PASSED, "OWN=$OTHER", PLAIN=x]
    env_file: a.env
secrets: {key: {environment: SECRET}}
-- a.env --
FROM_FILE=hidden
-- devup.yaml --
services: {web: {command: $RUN}}
`)
	set, err := Find(Options{Dir: dir, Env: map[string]string{"PASSED": "hidden", "OTHER": "hidden", "SECRET": "hidden", "TAG": "hidden", "RUN": "hidden"}})
	if err != nil {
		t.Fatal(err)
	}
	model, err := set.Raw(t.Context(), "given")
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := yaml.Marshal(model)
	if err != nil {
		t.Fatal(err)
	}
	text := string(encoded)
	for _, want := range []string{"name: given", "${TAG:-1}", "$OTHER", "$RUN", "PASSED", "PLAIN"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %s:\n%s", want, text)
		}
	}
	if strings.Contains(text, "hidden") || strings.Contains(text, mark) {
		t.Errorf("it holds a value:\n%s", text)
	}
	if _, err := set.Raw(t.Context(), "Not Good"); fail.CodeOf(err) != fail.Usage {
		t.Errorf("a bad name: %v", err)
	}
}

// TestNamesThatCannotBe: a name that is given has to be right; the hint has one that is.
func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flag string
		env  map[string]string
		want string
	}{
		{"My Shop", nil, `--project-name is "My Shop"|for example: myshop`},
		{"ж", nil, `--project-name is "ж"|for example: app`},
		{"", map[string]string{"COMPOSE_PROJECT_NAME": "-x"}, `COMPOSE_PROJECT_NAME is "-x"|for example: x`},
		{"shop", map[string]string{"COMPOSE_PROJECT_NAME": "-x"}, ""},
	} {
		name, given, err := (&Set{Dir: "/a/b", Env: test.env}).outerName(test.flag)
		got := ""
		if e, ok := errors.AsType[*fail.Error](err); ok {
			text, _, _ := strings.Cut(e.Message, ", ")
			got = text + "|" + e.Hint
		}
		if got != test.want || err == nil && (name != test.flag || !given) {
			t.Errorf("%q: %q, %v: %s, want %s", test.flag, name, given, got, test.want)
		}
	}
}

// TestFilesOfAProject: the paths, and files of other machines.
func TestFilesOfAProject(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- a.yaml --\nservices: {web: {image: a}}\n-- far.yaml --\ninclude: ['https://example.com/x.yaml']\nservices: {}\n")
	set, err := Find(Options{Dir: dir, Files: []string{"a.yaml", "-"}, Stdin: func() ([]byte, error) { return []byte("name: x"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Paths(); !slices.Equal(got, []string{filepath.Join(dir, "a.yaml"), "-"}) || set.Dir != dir {
		t.Errorf("paths %v of %s", got, set.Dir)
	}
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{Files: []string{"https://example.com/a.yaml"}}, "https://example.com/a.yaml is on another machine"},
		{Options{Files: []string{"git@example.com:a/b"}}, "git@example.com:a/b is on another machine"},
		{Options{Files: []string{"far.yaml"}}, "far.yaml:1: https://example.com/x.yaml is on another machine"},
		{Options{Files: []string{"-"}}, "this command reads no config from standard input"},
		{Options{Files: []string{"-"}, Stdin: func() ([]byte, error) { return nil, errors.New("closed") }}, "the config cannot be read from standard input"},
		{Options{Dir: filepath.Join(dir, "none")}, "there is no directory " + filepath.Join(dir, "none")},
		{Options{Dir: filepath.Join(dir, "a.yaml")}, filepath.Join(dir, "a.yaml") + " is not a directory"},
	} {
		if test.options.Dir == "" {
			test.options.Dir = dir
		}
		_, _, err := load(t.Context(), test.options, "")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.options.Files, err, test.want)
		}
	}
}

// TestCandidates: files that only their names keep from being found.
func TestCandidates(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- [a]*/docker-compose.dev.yml --\n-- [a]*/prod.compose.yaml --\n-- [a]*/compose-x.yml --\n-- [a]*/notes.yaml --\n-- a/docker-compose.no.yml --\n")
	if got, want := strings.Join(Candidates(filepath.Join(dir, "[a]*")), " "), "compose-x.yml docker-compose.dev.yml prod.compose.yaml"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOnStandardInput: an error about what was read from there names it.
func TestOnStandardInput(t *testing.T) {
	t.Parallel()
	e := fail.New(fail.Config, "", "x")
	e.File = "-"
	if named, ok := errors.AsType[*fail.Error](OnStandardInput(e)); !ok || named.File != "standard input" || e.File != "-" {
		t.Errorf("got %v, and the given error is of %q", named, e.File)
	}
	if other := errors.New("x"); !errors.Is(OnStandardInput(other), other) {
		t.Error("another error was changed")
	}
}

// TestExplainOtherErrors: an error that no rule knows is told in one line, without directories.
func TestExplainOtherErrors(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "-- /x/y/compose.yaml --\nservices: {web: {}}\n")
	for text, want := range map[string]string{
		"something\n  odd in /x/y/compose.yaml": "something odd in compose.yaml", "odd: invalid compose project": "odd",
	} {
		e, ok := errors.AsType[*fail.Error](Explain(errors.New(text), files))
		if !ok || e.Message != want || e.File != "/x/y/compose.yaml" || e.Code != fail.Config {
			t.Errorf("%q: %v, want %s", text, e, want)
		}
	}
	joined := errors.Join(errors.Join(errors.New("first"), errors.New("second")), errors.New("third"))
	if got := first(joined).Error(); got != "first" {
		t.Errorf("the first of several is %q", got)
	}
}
