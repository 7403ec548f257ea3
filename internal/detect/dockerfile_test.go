package detect

import (
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
		"of the old ENV":           {"FROM node:22\nENV PORT 3000\n", 3000, 2},
		"of the command":           {"FROM python\nCMD [\"flask\", \"run\", \\\n  # where it listens\n  \"--port=4567\"]\n", 4567, 2},
		"of a stage below":         {"FROM node AS Base\nEXPOSE 1\nFROM node\nEXPOSE 2\nFROM --platform=linux/amd64 base\n", 1, 2},
		"not of a heredoc":         {"FROM node\nRUN <<EOF\nEXPOSE 1\nEOF\nENV PORT=2\n", 2, 5},
		"with another escape":      {"# escape=`\nFROM node\nEXPOSE `\n  3000\n", 3000, 3},
		"of none that is set":      {"FROM node\nEXPOSE ${PORT}\n", 0, 0},
		"of none that is a number": {"FROM node\nEXPOSE web\n", 0, 0},
		"of nothing":               {"", 0, 0},
	} {
		port, found := parseDockerfile("Dockerfile", test.text).port()
		if port.Number != test.want || port.Evidence.Line != test.line || found != (test.want != 0) {
			t.Errorf("%s: port %d of line %d, want %d of line %d", name, port.Number, port.Evidence.Line, test.want, test.line)
		}
	}
}

// A copy of the base in each stage would take minutes.
func TestDockerfileOfManyStages(t *testing.T) {
	t.Parallel()
	text := "FROM node AS a\nEXPOSE 3000\n" + strings.Repeat("FROM a AS a\n", 100_000)
	if port, _ := parseDockerfile("Dockerfile", text).port(); port.Number != 3000 {
		t.Errorf("port %d, want 3000", port.Number)
	}
}
