package diagnose

import (
	"path"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	pythonFrame = lazyregexp.New(`^\s+File "([^"]+)", line (\d+)(?:, in (.+))?$`)
	nodeFrame   = lazyregexp.New(`^\s+at (?:.* \()?(?:file://)?(/[^():]+):(\d+):\d+\)?$`)
	// bundled is how bundlers name a file: webpack, TypeScript, Vite, esbuild, Babel.
	bundled    = lazyregexp.New(`(?:^ERROR in (?:\./)?|^\s+File: |^\s{2,}|\bfrom "|\(imported by |^SyntaxError: )([\w@./-]+\.(?:[cm]?[jt]sx?|vue|svelte|astro|s?css|sass|less|html|json|mdx?))(?::(\d+)(?::\d+)?| (\d+):[\d-]+)?(?:$|[:",) ])`)
	nodeSource = lazyregexp.New(`^(?:file://)?(/[^:\s]+\.[cm]?[jt]sx?):(\d+)$`)
)

// frameReach is how many lines around an error may belong to its traceback.
const frameReach = 80

// located adds the location in the user's own code: the innermost frame that
// belongs to no library.
func located(c Cause, log []string, at int) Cause {
	frame, lines := pythonLocation(log, at)
	if frame == nil {
		frame, lines = nodeLocation(log, at)
	}
	if frame == nil {
		frame = bundledLocation(log, at)
	}
	if frame == nil {
		return c
	}
	c.File = frame[1]
	c.Line, _ = strconv.Atoi(frame[2]) // digits, or none
	c.Sentence += " (" + strings.TrimSuffix(path.Base(c.File)+":"+frame[2], ":") + ")"
	c.Lines = append(lines, c.Lines...)
	return c
}

// pythonLocation goes up from the last line of a traceback to the first frame that
// is the user's own.
func pythonLocation(log []string, at int) (frame, lines []string) {
	if at == 0 || !strings.HasPrefix(log[at-1], " ") {
		return nil, nil // the line ends no traceback
	}
	for i := at - 1; i >= 0 && i >= at-frameReach; i-- {
		if strings.HasPrefix(log[i], "Traceback ") {
			return nil, nil
		}
		groups := pythonFrame.FindStringSubmatch(log[i])
		if groups == nil || !own(groups[1]) {
			continue
		}
		lines = []string{log[i]}
		if i+1 < at && pythonFrame.FindString(log[i+1]) == "" {
			lines = append(lines, log[i+1])
		}
		return groups, lines
	}
	return nil, nil
}

// nodeLocation goes down from the message of a Node error to the first frame that
// is the user's own; for a syntax error it is above.
func nodeLocation(log []string, at int) (frame, lines []string) {
	for i := at + 1; i < len(log) && i <= at+frameReach; i++ {
		groups := nodeFrame.FindStringSubmatch(log[i])
		if groups != nil && own(groups[1]) {
			return groups, []string{log[i]}
		}
	}
	for i := at - 1; i >= 0 && i >= at-4; i-- {
		groups := nodeSource.FindStringSubmatch(log[i])
		if groups != nil && own(groups[1]) {
			return groups, []string{log[i]}
		}
	}
	return nil, nil
}

// bundledLocation is the file that a bundler names near an error.
func bundledLocation(log []string, at int) []string {
	for _, i := range []int{at, at + 1, at + 2, at - 1, at + 3} {
		if i < 0 || i >= len(log) {
			continue
		}
		if groups := bundled.FindStringSubmatch(log[i]); groups != nil {
			return []string{groups[0], groups[1], groups[2] + groups[3]}
		}
	}
	return nil
}

// own reports whether a file is the user's: not of the language or of a library.
func own(file string) bool {
	for _, foreign := range []string{"/site-packages/", "/dist-packages/", "/node_modules/", "/lib/python", "/usr/lib/", "<"} {
		if strings.Contains(file, foreign) {
			return false
		}
	}
	return strings.HasPrefix(file, "/") && !strings.HasPrefix(file, "/usr/local/bin/")
}
