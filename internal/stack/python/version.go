package python

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// newest is the version for a service that asks for none, as of November 2026: the newest
// that practically all wheels exist for.
const newest = "3.13"

// lines are what a range is answered with, newest first: the releases that images are kept for.
var lines = []string{newest, "3.12", "3.11", "3.10", "3.9", "3.8"}

// version is the version of Python that the repository asks for, else the newest that the
// packages bear.
func version(a *stack.App) (string, tree.Evidence) {
	for _, file := range a.VersionFiles("python", ".python-version", "runtime.txt", ".tool-versions") {
		if named := stack.PlainVersion(strings.TrimPrefix(file.Text, "python-")); strings.HasPrefix(named, "3.") {
			return named, file
		}
	}
	needs := readRequirements(a.Tree, a.Dir)
	limit, why := limitOf(needs)
	if needs != nil && needs.python != "" {
		if asked := versions.NewestWithin(needs.python, lines); asked != "" {
			if limit != "" && versions.Minor(limit) < versions.Minor(asked) && versions.Satisfies(limit, needs.python) {
				return limit, why
			}
			return asked, tree.Evidence{File: needs.manifest, Text: "python " + needs.python}
		}
	}
	if limit != "" {
		return limit, why
	}
	return newest, tree.Evidence{Text: "the newest Python that packages are built for"}
}

// oldPython are pinned packages for which newer Pythons have no wheels, or
// which newer Pythons break.
var oldPython = []struct {
	name   string
	below  []int // version from which on it is no longer so
	python string
}{
	{"numpy", []int{1, 23}, "3.10"},
	{"numpy", []int{1, 26}, "3.11"},
	{"numpy", []int{2, 1}, "3.12"},
	{"pandas", []int{1, 5}, "3.10"},
	{"pandas", []int{2, 1, 1}, "3.11"},
	{"pandas", []int{2, 2, 3}, "3.12"},
	{"scipy", []int{1, 9, 2}, "3.10"},
	{"scipy", []int{1, 11, 3}, "3.11"},
	{"scipy", []int{1, 14, 1}, "3.12"},
	{"psycopg2-binary", []int{2, 9, 5}, "3.10"},
	{"psycopg2-binary", []int{2, 9, 9}, "3.11"},
	{"psycopg2-binary", []int{2, 9, 10}, "3.12"},
	{"sqlalchemy", []int{1, 4}, "3.9"},
	{"greenlet", []int{2}, "3.10"},
	{"greenlet", []int{3}, "3.11"},
	{"greenlet", []int{3, 1}, "3.12"},
	{"django", []int{4, 0}, "3.10"},
	{"django", []int{4, 2}, "3.11"},
	{"werkzeug", []int{1}, "3.9"},
	{"jinja2", []int{2, 11}, "3.9"},
	{"markupsafe", []int{2}, "3.9"},
	{"pydantic-core", []int{2, 20}, "3.12"},
	{"pydantic", []int{1, 10}, "3.10"},
	{"cffi", []int{1, 15, 1}, "3.10"},
	{"cffi", []int{1, 16}, "3.11"},
	{"cffi", []int{1, 17}, "3.12"},
	{"pillow", []int{9, 3}, "3.10"},
	{"pillow", []int{10, 1}, "3.11"},
	{"pillow", []int{10, 4}, "3.12"},
	{"pyyaml", []int{6}, "3.9"},
	{"pyyaml", []int{6, 0, 1}, "3.11"},
	{"pyyaml", []int{6, 0, 2}, "3.12"},
	{"aiohttp", []int{3, 8}, "3.10"},
	{"aiohttp", []int{3, 9}, "3.11"},
	{"aiohttp", []int{3, 10, 6}, "3.12"},
	{"asyncpg", []int{0, 29}, "3.11"},
	{"asyncpg", []int{0, 30}, "3.12"},
	{"lxml", []int{4, 9, 3}, "3.11"},
	{"lxml", []int{5, 3}, "3.12"},
	{"eventlet", []int{0, 35}, "3.11"},
	{"gevent", []int{23}, "3.11"},
	{"gevent", []int{24, 10}, "3.12"},
}

var pinned = lazyregexp.New(`^===?\s*(\d+(?:\.\d+)*)`)

// limitOf is the newest Python that the pinned packages bear, or empty.
func limitOf(needs *requirements) (string, tree.Evidence) {
	var limit string
	var why tree.Evidence
	if needs == nil {
		return "", why
	}
	for _, old := range oldPython {
		match := pinned.FindStringSubmatch(needs.versions[old.name])
		if match == nil || !versions.Less(versions.Numbers(match[1]), old.below) || limit != "" && versions.Minor(old.python) >= versions.Minor(limit) {
			continue
		}
		limit = old.python
		why = tree.At(needs.manifest, needs.lines[old.name], fmt.Sprintf("%s %s works up to Python %s", old.name, match[1], old.python))
	}
	return limit, why
}

// image is the official slim image, with the Debian release in its tag: a tag without one
// moves to the next release on some later day, and system packages change under the project.
func image(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return image(newest)
	case whole:
		return "python:" + tag
	default:
		return "python:" + tag + "-slim-" + debian(version)
	}
}

// debian is the newest Debian up to bookworm for which a tag of that version exists. Patch
// releases matter: 3.11.4 was
// the first of its line with a bookworm image.
func debian(version string) untrusted.Inert {
	major, minor, exact := stack.Parts(version)
	if major == 0 {
		return "bookworm"
	}
	if major < 3 || minor < 6 && exact {
		return "buster"
	}
	patch, known := 0, false
	if fields := strings.Split(version, "."); len(fields) == 3 {
		patch, _ = strconv.Atoi(fields[2])
		known = true
	}
	bullseye := map[int]int{6: 14, 7: 11, 8: 11, 9: 6}          // first patch release with a bullseye image
	bookworm := map[int]int{7: 17, 8: 17, 9: 17, 10: 12, 11: 4} // and with a bookworm one
	switch {
	case !exact:
		return "bookworm"
	case known && patch < bullseye[minor]:
		return "buster"
	case minor == 6, known && patch < bookworm[minor]:
		return "bullseye"
	default:
		return "bookworm"
	}
}
