package pip

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// newest is the version for a service that asks for none, as of November 2026: the newest
// that practically all wheels exist for.
const newest = "3.13"

// Releases are what a range is answered with, best first: releases that have images. The newest
// Python of all comes after the one that has wheels.
var Releases = []string{newest, "3.14", "3.12", "3.11", "3.10", "3.9", "3.8", "3.7", "3.6"}

// Version is the version of Python that the repository asks for, else the newest that the
// packages bear.
func Version(a *stack.App) (string, tree.Evidence) {
	for _, file := range a.VersionFiles("python", ".python-version", "runtime.txt", ".tool-versions") {
		if named := stack.PlainVersion(strings.TrimPrefix(file.Text, "python-")); strings.HasPrefix(named, "3.") {
			return named, file
		}
	}
	needs := Read(a.Tree, a.Dir)
	locked := LockOf(a.Tree, needs)
	limit, why := LimitOf(needs, locked)
	for _, asked := range []asks{needs.asks(), locked.asks()} {
		named := versions.NewestWithin(asked.python, Releases)
		if named == "" {
			continue
		}
		if limit != "" && versions.Minor(limit) < versions.Minor(named) && versions.Satisfies(limit, asked.python) {
			return limit, why
		}
		return named, tree.Evidence{File: asked.file, Text: "python " + asked.python}
	}
	if limit != "" {
		return limit, why
	}
	return newest, tree.Evidence{Text: "the newest Python that packages are built for"}
}

// asks is a range of versions of Python, and the file that asks for it.
type asks struct{ python, file string }

func (r *Requirements) asks() asks {
	if r == nil {
		return asks{}
	}
	return asks{r.python, r.Manifest}
}

func (l Lock) asks() asks { return asks{l.python, l.file} }

// Image is the official slim image, with the Debian release in its tag: a tag without one
// moves to the next release on some later day, and system packages change under the project.
func Image(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return Image(newest)
	case whole:
		return "python:" + tag
	}
	line, release := onDebian(version)
	return "python:" + untrusted.ImageTag(line) + "-slim-" + release
}

// bookworm are the first patch releases with an image of Debian 12, by the minor version.
var bookworm = map[int]int{7: 17, 8: 17, 9: 17, 10: 12, 11: 4}

// onDebian is a version with an image of Debian 12, and that release. The package lists of
// older releases are archived, so that apt fails in their images: an older patch release
// becomes the newest of its line. Lines that ended before Debian 12 have no such image.
func onDebian(version string) (line string, release untrusted.Inert) {
	major, minor, exact := stack.Parts(version)
	switch {
	case major == 0:
		return version, "bookworm"
	case major < 3 || minor < 6 && exact:
		return version, "buster"
	case minor == 6 && exact:
		return "3.6", "bullseye"
	}
	if fields := strings.Split(version, "."); len(fields) == 3 {
		if patch, _ := strconv.Atoi(fields[2]); patch < bookworm[minor] {
			return fmt.Sprintf("%d.%d", major, minor), "bookworm"
		}
	}
	return version, "bookworm"
}
