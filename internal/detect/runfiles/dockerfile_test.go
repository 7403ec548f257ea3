package runfiles

import (
	"fmt"
	"strings"
	"testing"
)

func TestDockerfilePort(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want int
		line int
	}{
		"of EXPOSE":                {"FROM node:22\nEXPOSE 9000/udp 3000/tcp 4000\n", 3000, 2},
		"of a variable":            {"FROM node:22\nARG A=30\nENV PORT=\"${A}00\" B=1\nEXPOSE $PORT\n", 3000, 4},
		"not of the same ENV":      {"FROM node:22\nENV A=5055 B=$A\nEXPOSE $B\n", 0, 0},
		"of an ENV before":         {"FROM node:22\nENV A=5055 B=1\nENV A=3000 B=$A\nEXPOSE $B\n", 5055, 4},
		"of the old ENV":           {"FROM node:22\nENV PORT 3000\n", 3000, 2},
		"of the command":           {"FROM python\nCMD [\"flask\", \"run\", \\\n  # where it listens\n  \"--port=4567\"]\n", 4567, 2},
		"of a stage below":         {"FROM node AS Base\nEXPOSE 1\nFROM node\nEXPOSE 2\nFROM --platform=linux/amd64 base\n", 1, 2},
		"not of a heredoc":         {"FROM node\nRUN <<EOF\nEXPOSE 1\nEOF\nENV PORT=2\n", 2, 5},
		"with another escape":      {"# escape=`\nFROM node\nEXPOSE `\n  3000\n", 3000, 3},
		"of none that is set":      {"FROM node\nEXPOSE ${PORT}\n", 0, 0},
		"of none that is a number": {"FROM node\nEXPOSE web\n", 0, 0},
		"of nothing":               {"", 0, 0},
	} {
		port, found := ParseDockerfile("Dockerfile", test.text).Port()
		if port.Number != test.want || port.Evidence.Line != test.line || found != (test.want != 0) {
			t.Errorf("%s: port %d of line %d, want %d of line %d", name, port.Number, port.Evidence.Line, test.want, test.line)
		}
	}
}

// A copy of the base in each stage would take minutes.
func TestDockerfileOfManyStages(t *testing.T) {
	t.Parallel()
	text := "FROM node AS a\nEXPOSE 3000\n" + strings.Repeat("FROM a AS a\n", 100_000)
	if port, _ := ParseDockerfile("Dockerfile", text).Port(); port.Number != 3000 {
		t.Errorf("port %d, want 3000", port.Number)
	}
}

// TestVersionOfADockerfile: an existing image decides the version of the language.
func TestVersionOfADockerfile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ dockerfile, language, want string }{
		{"FROM python:3.10-slim", "python", "3.10 at 1"},
		{"FROM node:20 AS web\nFROM registry.example.com/x/python:3.9.1\n", "python", "3.9.1 at 2"},
		{"FROM node:20 AS web\nFROM nginx:1.27\n", "node", "20 at 1"},
		{"ARG V=18\nFROM node:${V}-alpine\n", "node", "18 at 2"},
		{"FROM example/node-python:python3.11", "python", "3.11 at 1"},
		{"FROM example/images:node-18", "node", "18 at 1"},
		{"FROM python", "python", ""},
		{"FROM python:slim", "python", ""},
		{"FROM nginx:1.27", "python", ""},
		{"FROM ${BASE}\n", "python", ""},
	} {
		version, e, ok := ParseDockerfile("Dockerfile", test.dockerfile).Runtime(test.language)
		got := ""
		if ok {
			got = fmt.Sprintf("%s at %d", version, e.Line)
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.dockerfile, got, test.want)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	set := map[string]string{"A": "1", "EMPTY": ""}
	for text, want := range map[string]string{
		"$A-${A}": "1-1", "${B:-x}${B-y}": "xy", "${A:-x}": "1", "${EMPTY:-x}": "x", "$B ${B}": "$B ${B}", "${A:+x}": "1", "plain": "plain",
	} {
		if got := Expand(text, set); got != want {
			t.Errorf("expand(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestVariablesAreBounded: variables that hold themselves do not grow without end.
func TestVariablesAreBounded(t *testing.T) {
	t.Parallel()
	text := "FROM x\nENV A=1234567890 B=5055\n" + strings.Repeat("ENV A=$A$A\n", 100)
	set := ParseDockerfile("Dockerfile", text).variables()
	if len(set["A"]) > maxExpanded || set["B"] != "5055" {
		t.Errorf("A has %d bytes, B is %q", len(set["A"]), set["B"])
	}
}
