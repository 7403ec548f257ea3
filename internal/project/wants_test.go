package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWants: all variables that have to be set and are not, with their places, and what
// can be copied.
func TestWants(t *testing.T) {
	t.Parallel()
	const compose = "-- compose.yaml --\nservices:\n  web:\n    image: x\n"
	tests := []struct {
		name, files string
		env         map[string]string
		want        string
	}{
		{"nothing", compose, nil, ""},
		{"a default and a value", compose + "    command: ${A:-x} ${B:?}", map[string]string{"B": "1"}, ""},
		{
			"all of them, once", compose + "    command: ${A:?why} ${B?}\n    environment:\n      # ${C:?}\n      D: ${D:?${E:-because}}\n      A: ${A:?again}", nil,
			"A compose.yaml:4 why|B compose.yaml:4|D compose.yaml:7 because",
		},
		{"in a text of several lines", compose + "    command: |\n      one\n      ${A:?}", nil, "A compose.yaml:6"},
		{"of an override", compose + "    command: ${A:?}\n-- compose.override.yaml --\nservices:\n  web:\n    labels:\n      b: ${B:?}", nil, "A compose.yaml:4|B compose.override.yaml:4"},
		{"of a file that is included", "-- compose.yaml --\ninclude: [sub/more.yaml]\n-- sub/more.yaml --\nservices: {web: {image: '${I:?}'}}", nil, "I sub/more.yaml:1"},
		{"empty in the shell", compose + "    command: ${A:?} ${B:?}", map[string]string{"B": ""}, "A compose.yaml:4|B compose.yaml:4 (shell)"},
		{"empty in .env", compose + "    command: ${A:?}\n-- .env --\nA=", nil, "A compose.yaml:4"},
		{"known from an answer", compose + "    command: ${A:?}\n-- .devup/.env --\nA=1", nil, ""},
		{"an example that has it", compose + "    command: ${A:?}\n-- .env.example --\nA=", nil, "A compose.yaml:4|.env.example -> .env"},
		{"an example of what is not required", compose + "    command: $A\n-- .env.sample --\nA=1", nil, ".env.sample -> .env"},
		{"an example of other things", compose + "    command: $A\n-- .env.example --\nB=1", nil, ""},
		{"an example that was copied", compose + "    command: $A\n-- .env --\nX=1\n-- .env.example --\nA=1", nil, ""},
		{"an example that nobody reads", compose + "    command: $A\n-- .env.example --\nA=1", map[string]string{"COMPOSE_DISABLE_ENV_FILE": "1"}, ""},
		{"a file to copy", compose + "x-devup: {setup: {copy: {a.dist: ./a, b.dist: b}}}\n-- b --\n", nil, "copy a.dist a"},
		{"a file to copy next to a value", compose + "    command: ${A:?}\nx-devup: {setup: {copy: {a.dist: a}}}", nil, "copy a.dist a|A compose.yaml:4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := WantsOf(Load(t.Context(), Options{Dir: directory(t, test.files), Env: test.env, Answers: answersIn}))
			var got []string
			for _, c := range w.Copies {
				got = append(got, "copy "+c.From+" "+c.To)
			}
			for _, v := range w.Values {
				text := strings.TrimSpace(fmt.Sprintf("%s %s %s", v.Name, v.Place(), v.Reason))
				if v.Shell {
					text += " (shell)"
				}
				got = append(got, text)
			}
			if w.Example != "" {
				got = append(got, w.Example+" -> .env")
			}
			if text := strings.Join(got, "|"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// answersIn stands for package checkout.
func answersIn(root string) []byte {
	text, _ := os.ReadFile(filepath.Join(root, ".devup", ".env"))
	return text
}

// TestAnswers: an answer goes behind the shell and behind a value of an env file, and
// before nothing in one.
func TestAnswers(t *testing.T) {
	t.Parallel()
	dir := directory(t, `-- compose.yaml --
services: {web: {image: x, environment: ["SHELL=$SHELL", "FILE=$FILE", "EMPTY=$EMPTY", "NONE=$NONE", "ASKED=$ASKED"]}}
-- .env --
FILE=file
EMPTY=
-- other.env --
ASKED=other
-- .devup/.env --
SHELL=asked
FILE=asked
EMPTY=asked
ASKED='a b'
`)
	tests := []struct {
		name    string
		options Options
		want    string
	}{
		{"next to .env", Options{}, "ASKED=a b EMPTY=asked FILE=file NONE= SHELL=shell"},
		{"next to another file", Options{EnvFiles: []string{"other.env"}}, "ASKED=other EMPTY=asked FILE=asked NONE= SHELL=shell"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.options.Env, test.options.Answers = map[string]string{"SHELL": "shell", "NONE": ""}, answersIn
			got := strings.ReplaceAll(environmentOf(load(t, dir, test.options), "web"), "\n", " ")
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
