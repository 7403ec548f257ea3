package scaffold

import (
	"bytes"
	"strings"
)

// addLines gives have with the patterns of ours that it lacks at its end. Two
// patterns count as one when only a slash or a leading **/ tells them apart.
func addLines(have, ours []byte) []byte {
	known := map[string]bool{}
	for line := range strings.Lines(string(have)) {
		known[pattern(line)] = true
	}
	var add []string
	for line := range strings.Lines(string(ours)) {
		if p := pattern(line); p != "" && !strings.HasPrefix(p, "#") && !known[p] {
			add = append(add, strings.TrimSpace(line))
		}
	}
	if len(add) == 0 {
		return have
	}
	return appendText(have, strings.Join(add, "\n")+"\n")
}

func pattern(line string) string {
	line = strings.Trim(strings.TrimSpace(line), "/")
	if rest, negated := strings.CutPrefix(line, "!"); negated {
		return "!" + strings.TrimPrefix(rest, "**/")
	}
	return strings.TrimPrefix(line, "**/")
}

// appendText puts text on lines of its own at the end of have.
func appendText(have []byte, text string) []byte {
	out := bytes.Clone(have)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, '\n')
	}
	return append(out, text...)
}
