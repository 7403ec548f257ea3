package diagnose

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

var (
	pythonFrame = lazyregexp.New(`^\s+File "([^"]+)", line (\d+)(?:, in (.+))?$`)
	nodeFrame   = lazyregexp.New(`^\s+at (?:.* \()?(?:file://)?(/[^():]+):(\d+):\d+\)?$`)
	nodeSource  = lazyregexp.New(`^(?:file://)?(/[^:\s]+\.[cm]?[jt]sx?):(\d+)$`)
)

// frameReach is how many lines around an error may belong to its traceback.
const frameReach = 80

// located adds the location in the user's own code: the innermost frame that
// belongs to no library.
func located(c Cause, log []string, at int) Cause {
	if location, lines := pythonLocation(log, at); location != "" {
		return c.at(location, lines)
	}
	if location, lines := nodeLocation(log, at); location != "" {
		return c.at(location, lines)
	}
	return c
}

func (c Cause) at(location string, lines []string) Cause {
	c.Sentence += " (" + location + ")"
	c.Lines = append(lines, c.Lines...)
	return c
}

// pythonLocation goes up from the last line of a traceback to the first frame that
// is the user's own.
func pythonLocation(log []string, at int) (string, []string) {
	if at == 0 || !strings.HasPrefix(log[at-1], " ") {
		return "", nil // the line ends no traceback
	}
	for i := at - 1; i >= 0 && i >= at-frameReach; i-- {
		if strings.HasPrefix(log[i], "Traceback ") {
			return "", nil
		}
		groups := pythonFrame.FindStringSubmatch(log[i])
		if groups == nil || !own(groups[1]) {
			continue
		}
		lines := []string{log[i]}
		if i+1 < at && pythonFrame.FindString(log[i+1]) == "" {
			lines = append(lines, log[i+1])
		}
		return path.Base(groups[1]) + ":" + groups[2], lines
	}
	return "", nil
}

// nodeLocation goes down from the message of a Node error to the first frame that
// is the user's own; for a syntax error it is above.
func nodeLocation(log []string, at int) (string, []string) {
	for i := at + 1; i < len(log) && i <= at+frameReach; i++ {
		groups := nodeFrame.FindStringSubmatch(log[i])
		if groups != nil && own(groups[1]) {
			return path.Base(groups[1]) + ":" + groups[2], []string{log[i]}
		}
	}
	for i := at - 1; i >= 0 && i >= at-4; i-- {
		groups := nodeSource.FindStringSubmatch(log[i])
		if groups != nil && own(groups[1]) {
			return path.Base(groups[1]) + ":" + groups[2], []string{log[i]}
		}
	}
	return "", nil
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
