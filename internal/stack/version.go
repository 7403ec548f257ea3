package stack

import (
	"path"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// VersionFiles are the version files of a tool in the order in which they count,
// each with the version that it names as its text.
func (a *App) VersionFiles(tool string, names ...string) []tree.Evidence {
	var found []tree.Evidence
	for _, dir := range a.upwards() {
		for _, name := range names {
			if full := path.Join(dir, name); a.Tree.Directory(dir).Has(name) {
				found = append(found, tree.At(full, 1, versionFileText(a.Tree.Text(full), tool)))
			}
		}
	}
	return found
}

// upwards are the service's directory and the root, where tools look for version files.
func (a *App) upwards() []string {
	if a.Dir == "." {
		return []string{"."}
	}
	return []string{a.Dir, "."}
}

// versionFileText is the version in a file that holds one, or the tool's line
// of a .tool-versions.
func versionFileText(text, tool string) string {
	var first string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case len(fields) > 1 && fields[0] == tool:
			return fields[1]
		case len(fields) == 1 && first == "":
			first = fields[0]
		}
	}
	return first
}

var plainVersion = lazyregexp.New(`^v?(\d{1,2}(?:\.\d{1,3}){0,2})(?:\.[xX*])*$`)

// PlainVersion is the version in a text that holds nothing else, without what stands for any
// number ("v18.x" is 18); empty for all else.
func PlainVersion(text string) string {
	if match := plainVersion.FindStringSubmatch(text); match != nil {
		return match[1]
	}
	return ""
}

// ImageTag is a version as the tag of an image, empty where it is none. A whole one says more
// than a version, such as "20-alpine".
func ImageTag(version string) (tag untrusted.Inert, whole bool) {
	return untrusted.ImageTag(version), !numeric.MatchString(version) && strings.Contains(version, "-")
}

var numeric = lazyregexp.New(`^[0-9]+(\.[0-9]+){0,2}$`)

// Parts reads major and minor of a version; exact says that it has a minor. A
// version that is a word has the major 0.
func Parts(version string) (major, minor int, exact bool) {
	fields := strings.Split(version, ".")
	major, _ = strconv.Atoi(fields[0])
	if len(fields) > 1 {
		minor, _ = strconv.Atoi(fields[1])
	}
	return major, minor, len(fields) > 1
}
