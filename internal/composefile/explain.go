package composefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/suggest"
)

// A rule turns the errors of compose-go that its pattern matches into sentences. These
// errors have no types of their own, so their text is all there is.
type rule struct {
	pattern *lazyregexp.Regexp
	say     func(cause error, files []File, m []string) *fail.Error // nil to leave it to the next
}

// rules are tried in this order, the first that matches speaks.
var rules = slices.Concat(schemaRules, valueRules, referenceRules, fileRules)

// Explain turns an error of compose-go's loader into one that names the place
// and says what is wrong in a sentence.
func Explain(err error, files []File) error {
	if ours, ok := errors.AsType[*fail.Error](err); ok {
		switch {
		case !refused(ours) || ours.Line > 0:
			return ours
		case ours.File == "":
			named := *ours
			named.File, named.Line = Locate(files, "services")
			return &named
		}
		return unreadable(ours, WithIncluded(files), ours.File)
	}
	err = first(err)
	text := strings.TrimSuffix(strings.TrimSpace(err.Error()), ": invalid compose project")
	if m := parseFailure.FindStringSubmatch(text); m != nil {
		return parseError(err, files, m[1], m[2])
	}
	files = WithIncluded(files)
	for _, r := range rules {
		if m := r.pattern.FindStringSubmatch(text); m != nil {
			if e := r.say(err, files, m); e != nil {
				return e
			}
		}
	}
	return Failure(err, files, nil, "%s", shorten(oneLine(text), files))
}

// first is the first of the errors that err joins: they are sorted by path.
func first(err error) error {
	for {
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok || len(joined.Unwrap()) == 0 {
			return err
		}
		err = joined.Unwrap()[0]
	}
}

// parseError is the failure for a file that the loader could not read as YAML.
func parseError(cause error, files []File, path, text string) error {
	if i := slices.IndexFunc(files, func(s File) bool { return s.Path == path }); i >= 0 {
		return constructError(files[i], cause, text)
	}
	s, err := readSource(path)
	if err != nil {
		return err
	}
	return constructError(s, cause, text)
}

// Failure makes the failure for the place that the keys lead to.
func Failure(cause error, files []File, keys []string, format string, args ...any) *fail.Error {
	e := fail.Wrap(cause, fail.Config, "", format, args...)
	e.CauseShown = true
	e.File, e.Line = Locate(files, keys...)
	if len(keys) > 1 && keys[0] == "services" {
		e.Service = keys[1]
	}
	return e
}

// WithHint is e with the hint.
func WithHint(e *fail.Error, hint string) *fail.Error {
	e.Hint = hint
	return e
}

// splitPath splits "services.a.b.ports.0" into keys. Names may have dots in
// them, so the files decide where a key ends.
func splitPath(files []File, path string) []string {
	if path == "" {
		return nil
	}
	path = strings.ReplaceAll(strings.ReplaceAll(path, ".[", "["), "[", ".[")
	parts := strings.Split(path, ".")
	var keys []string
	for len(parts) > 0 {
		n := 1
		for try := len(parts); try > 1; try-- {
			if knows(files, append(slices.Clip(keys), strings.Join(parts[:try], "."))) {
				n = try
				break
			}
		}
		keys = append(keys, strings.Join(parts[:n], "."))
		parts = parts[n:]
	}
	return keys
}

func knows(files []File, keys []string) bool {
	for i := range files {
		if _, depth, _ := files[i].Find(keys); depth == len(keys) {
			return true
		}
	}
	return false
}

// entryOf completes keys that end in a list, or have "[]" for an entry of which the
// loader does not say the number, with the one whose text is value, or has a
// variable where no text is it.
func entryOf(files []File, keys []string, value string) []string {
	if !slices.Contains(keys, "[]") {
		keys = append(slices.Clone(keys), "[]")
	}
	return numbered(files, keys, func(text string) bool { return text == value }, func(text string) bool { return strings.Contains(text, "$") })
}

// numbered puts in the place of "[]" the number of the entry whose text passes a test, the
// first test first; without such an entry the keys end at the list.
func numbered(files []File, keys []string, tests ...func(text string) bool) []string {
	open := slices.Index(keys, "[]")
	if open < 0 {
		return keys
	}
	list := Target(NodeAt(files, keys[:open]))
	for _, test := range tests {
		for i := 0; list != nil && i < len(list.Content); i++ {
			candidate := slices.Clone(keys)
			candidate[open] = strconv.Itoa(i)
			if node := Target(NodeAt(files, candidate)); node != nil && test(node.Value) {
				return candidate
			}
		}
	}
	return keys[:open]
}

// shorten leaves the directory of the config files out of a message.
func shorten(text string, files []File) string {
	for _, f := range files {
		text = strings.ReplaceAll(text, filepath.Dir(f.Path)+string(filepath.Separator), "")
	}
	return text
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func number(s string) int {
	n, _ := strconv.Atoi(s) // the patterns admit digits only; too many make 0, no line
	return n
}

// didYouMean is a hint that names the nearest of the known words, or otherwise.
func didYouMean(word string, known []string, otherwise string) string {
	if near := suggest.Nearest(word, known); near != "" && near != word {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return otherwise
}
