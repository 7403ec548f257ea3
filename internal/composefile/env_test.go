package composefile

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/symbol"
)

// pairs are variables as sorted "A=b".
func pairs(env map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		all = append(all, name+"="+env[name])
	}
	return strings.Join(all, " ")
}

// TestReadVariables: what is taken of the text of an env file, and what is wrong with others.
func TestReadVariables(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"plain", "A=b\n# c\n\nexport C = d # e\n", "A=b C=d"},
		{"quotes", "A=\"x # y\"\nB='$A'\nC=\"\\n$A\"\n", "A=x # y B=$A C=\nx # y"},
		{"its own variables", "A=1\nB=${A}2\nC=${NONE:-3}\n", "A=1 B=12 C=3"},
		{"the given before its own", "GIVEN=own\nB=$GIVEN\n", "B=given GIVEN=own"},
		{"a name alone", "GIVEN\nNONE\n", "GIVEN=given"},
		{"a space in a name", "A=b\nMY VAR=c\n", "2: the name of a variable has a space in it"},
		{"a sign in a name", "A=b\n\nMY!VAR=c\n", "3: the name of a variable has a character that cannot stand in one"},
		{"an open quote", "A=\"b\nC=d\n", "1: a quote that opens in this line of the env file is not closed"},
		{"an open quote below a closed one", "A=\"b\"\nC=\"d\n", "2: a quote that opens in this line of the env file is not closed"},
		{"a variable that has to be set", "A=${B:?no}\n", "0: the env file has a syntax error"},
	} {
		vars, err := ReadVariables("/x/a.env", []byte(test.text), func(name string) (string, bool) { return "given", name == "GIVEN" })
		got := pairs(vars)
		if e, ok := errors.AsType[*fail.Error](err); ok {
			got = string(rune('0'+e.Line)) + ": " + e.Message
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestRawEnv: the format raw takes values as they stand.
func TestRawEnv(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"A=\"$B\" # c\n": `A="$B" # c`, "\uFEFFA=b\n  C=d \n": "A=b C=d ", "# A=b\n\nGIVEN\nNONE\n": "GIVEN=given", "A=b=c\n": "A=b=c", "A=\n": "A=", "=x\n": "line 1: key cannot contain a space", "x\nA B=c\n": "line 2: key cannot contain a space",
	} {
		vars := map[string]string{}
		err := rawEnv(strings.NewReader(text), "", vars, func(name string) (string, bool) { return "given", name == "GIVEN" })
		got := pairs(vars)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestEnvironment: where the variables of the files come from, and what goes before what.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- .env --\nFILE=env\nBOTH=env\nEMPTY=\n-- one.env --\nFILE=one\nCLOUD=${GITPOD_WORKSPACE_ID}\n-- two.env --\nFILE=two\nOF=$FILE-$BOTH\n-- sub/.env --\nFILE=sub\n")
	for _, test := range []struct {
		name, defaultDir string
		process          map[string]string
		named            []string
		answers          string
		want             string
	}{
		{"nothing", "none", nil, nil, "", ""},
		{".env", "", nil, nil, "", "BOTH=env EMPTY= FILE=env"},
		{".env of the project", "sub", nil, nil, "", "FILE=sub"},
		{"the process before .env", "", map[string]string{"BOTH": "process"}, nil, "", "BOTH=process EMPTY= FILE=env"},
		{"named files, the last before the others", "", map[string]string{"BOTH": "process"}, []string{"one.env", "two.env"}, "", "BOTH=process CLOUD=" + symbol.Token("GITPOD_WORKSPACE_ID") + " FILE=two OF=one-process"},
		{"files of the environment", "", map[string]string{"COMPOSE_ENV_FILES": "two.env,"}, nil, "", "COMPOSE_ENV_FILES=two.env, FILE=two OF=two-"},
		{"named files before those of the environment", "", map[string]string{"COMPOSE_ENV_FILES": "two.env"}, []string{"sub/.env"}, "", "COMPOSE_ENV_FILES=two.env FILE=sub"},
		{"switched off", "", map[string]string{"COMPOSE_DISABLE_ENV_FILE": "true"}, nil, "", "COMPOSE_DISABLE_ENV_FILE=true"},
		{"answers", "", map[string]string{"BOTH": ""}, nil, "ASKED=1\nFILE=asked\nEMPTY=asked\nBOTH=asked\n", "ASKED=1 BOTH= EMPTY=asked FILE=env"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env, err := environment(dir, filepath.Join(dir, test.defaultDir), test.process, test.named, func(string) []byte { return []byte(test.answers) })
			if err != nil {
				t.Fatal(err)
			}
			if got := pairs(env); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if _, err := environment(dir, dir, nil, []string{"missing.env"}, nil); fail.CodeOf(err) != fail.Config {
		t.Errorf("a named file that is missing: %v", err)
	}
	if _, err := environment(dir, dir, nil, nil, func(string) []byte { return []byte("A B=c") }); fail.CodeOf(err) != fail.Config {
		t.Errorf("answers that are wrong: %v", err)
	}
}

// TestResolve: of several env files the last one wins, environment before them, and those that
// are missing are told.
func TestResolve(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- one --\nA=1\nB=$A\nC=$OUTER\nOWN=one\n-- two --\nA=2\n-- raw --\nR='$A'\n")
	value, passed := "mine", "passed"
	files := func(names ...string) types.ContainerSpec {
		c := types.ContainerSpec{Environment: types.MappingWithEquals{"OWN": &value, "PASSED": nil, "ABSENT": nil}}
		for _, name := range names {
			name, required := strings.CutSuffix(name, "!")
			name, raw := strings.CutSuffix(name, "%")
			c.EnvFiles = append(c.EnvFiles, types.EnvFile{Path: filepath.Join(dir, name), Required: types.OptOut(required), Format: map[bool]string{true: "raw"}[raw]})
		}
		return c
	}
	prepare()
	for _, test := range []struct{ name, files, want, absent string }{
		{"one", "one!", "A=1 B=1 C=outer OWN=mine PASSED=passed", ""},
		{"two", "one! two!", "A=2 B=1 C=outer OWN=mine PASSED=passed", ""},
		{"raw", "raw%!", "OWN=mine PASSED=passed R='$A'", ""},
		{"missing", "none! two!", "A=2 OWN=mine PASSED=passed", "none"},
		{"missing, and not required", "none two!", "A=2 OWN=mine PASSED=passed", ""},
	} {
		c := files(strings.Fields(test.files)...)
		before := c.EnvFiles
		absent, err := (&Set{}).EnvResolver(types.Mapping{"OUTER": "outer", "PASSED": passed}).Resolve("web", &c)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for name, v := range c.Environment {
			if v != nil {
				got[name] = *v
			}
		}
		if text := pairs(got); text != test.want || strings.Join(bases(absent), " ") != test.absent {
			t.Errorf("%s: %s, without %v; want %s, without %s", test.name, text, absent, test.want, test.absent)
		}
		if test.absent != "" && (!bool(before[0].Required) || bool(c.EnvFiles[0].Required)) {
			t.Errorf("%s: the container requires %v, the file's own says %v", test.name, c.EnvFiles[0].Required, before[0].Required)
		}
	}
}

// TestEnvFileOfAFlag: a file that the user named is a matter of usage.
func TestEnvFileOfAFlag(t *testing.T) {
	t.Parallel()
	dir := directory(t, "-- right --\nA=$B\n-- wrong --\nA=1\nA B=SECRET\n")
	values, err := EnvFile(filepath.Join(dir, "right"), func(name string) (string, bool) { return "b", name == "B" })
	if err != nil || values["A"] != "b" {
		t.Errorf("values %v, %v", values, err)
	}
	for name, line := range map[string]int{"wrong": 2, "missing": 0} {
		_, err := EnvFile(filepath.Join(dir, name), symbol.NoValue)
		e, ok := errors.AsType[*fail.Error](err)
		if !ok || e.Code != fail.Usage || e.Line != line || strings.Contains(e.Error()+e.Hint, "SECRET") {
			t.Errorf("%s: %v, want code %s and line %d", name, err, fail.Usage, line)
		}
	}
	for name, want := range map[string]string{"right": "A", "wrong": "", "missing": ""} {
		if got := strings.Join(EnvFileKeys(filepath.Join(dir, name)), " "); got != want {
			t.Errorf("keys of %s: %s, want %s", name, got, want)
		}
	}
}
