package project

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/composefile"
)

// FileCopy is a file of x-devup.setup.copy that has to be copied. Both are as seen from
// the project's directory, with slashes, and lie in it.
type FileCopy struct{ From, To string }

// topSetupKeys are the keys of setup in x-devup at the top.
var topSetupKeys = []string{"ask", "copy", "generate"}

const copyExample = "for example: setup: {copy: {.env.example: .env}}"

// copies reads setup.copy of x-devup at the top as it stands in the files, as it is
// wanted also where they cannot be loaded yet. It gives those whose target is not there.
func (l *loading) copies() ([]FileCopy, error) {
	var wanted []FileCopy
	for _, f := range l.set.Files {
		node := composefile.NodeAt([]composefile.File{f}, []string{ExtensionKey, "setup"})
		var value any
		if node == nil || node.Decode(&value) != nil {
			continue
		}
		found, bad := parseCopies(value)
		if bad != nil {
			bad.key = "setup"
			return nil, bad.fail([]composefile.File{f}, "", ExtensionKey)
		}
		for _, c := range found {
			wanted = slices.DeleteFunc(wanted, func(earlier FileCopy) bool { return earlier.To == c.To })
			if _, err := os.Lstat(filepath.Join(l.Dir, filepath.FromSlash(c.To))); err != nil {
				wanted = append(wanted, c)
			}
		}
	}
	return wanted, nil
}

// parseCopies reads setup at the top: a mapping of files to what they are copied to.
func parseCopies(value any) ([]FileCopy, *extensionError) {
	if _, steps := value.([]any); steps {
		return nil, &extensionError{text: "has a setup that is a list", hint: "steps belong to x-devup of the service in which they run; at the top, " + copyExample}
	}
	fields, ok := value.(map[string]any)
	if !ok && value != nil {
		return nil, &extensionError{text: "has a setup that is not a mapping", hint: copyExample}
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(topSetupKeys, key) {
			bad := unknownKey(key, topSetupKeys)
			bad.text, bad.below = "has a setup that "+bad.text, []string{key}
			return nil, bad
		}
	}
	pairs, ok := fields["copy"].(map[string]any)
	if !ok && fields["copy"] != nil {
		return nil, &extensionError{below: []string{"copy"}, text: "has a setup whose copy is not a mapping of files", hint: copyExample}
	}
	var copies []FileCopy
	for _, from := range slices.Sorted(maps.Keys(pairs)) {
		to, isText := pairs[from].(string)
		for _, name := range []string{from, to} {
			if !isText || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "$\r\n") {
				return nil, &extensionError{
					below: []string{"copy", from},
					text:  fmt.Sprintf("copies %q: both files must be inside the project's directory, and named without variables", from), hint: copyExample,
				}
			}
		}
		copies = append(copies, FileCopy{filepath.ToSlash(filepath.Clean(from)), filepath.ToSlash(filepath.Clean(to))})
	}
	return copies, nil
}
