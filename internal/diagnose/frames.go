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

// located adds the place in the user's own code: the innermost frame that
// belongs to no library.
func located(c Cause, log []string, at int) Cause {
	if place, lines := pythonPlace(log, at); place != "" {
		return c.at(place, lines)
	}
	if place, lines := nodePlace(log, at); place != "" {
		return c.at(place, lines)
	}
	return c
}

func (c Cause) at(place string, lines []string) Cause {
	c.Sentence += " (" + place + ")"
	c.Lines = append(lines, c.Lines...)
	return c
}

// pythonPlace goes up from the last line of a traceback to the first frame that
// is the user's own.
func pythonPlace(log []string, at int) (string, []string) {
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

// nodePlace goes down from the message of a Node error to the first frame that
// is the user's own; for a syntax error it stands above.
func nodePlace(log []string, at int) (string, []string) {
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

// own says that a file is the user's: not of the language or of a library.
func own(file string) bool {
	for _, foreign := range []string{"/site-packages/", "/dist-packages/", "/node_modules/", "/lib/python", "/usr/lib/", "<"} {
		if strings.Contains(file, foreign) {
			return false
		}
	}
	return strings.HasPrefix(file, "/") && !strings.HasPrefix(file, "/usr/local/bin/")
}
