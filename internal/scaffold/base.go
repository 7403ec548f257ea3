package scaffold

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The versions that are taken where nothing says which: the newest LTS of Node and
// a Python for which all common packages have wheels.
const (
	nodeVersion   = "24"
	pythonVersion = "3.13"
)

var numeric = lazyregexp.New(`^[0-9]+(\.[0-9]+){0,2}$`)

// baseImage is the official slim image of a runtime, with the Debian release in
// its tag: a tag without one moves to the next release on some later day, and
// system packages change under the project. A version that is no tag counts as none.
func baseImage(r detect.Runtime) untrusted.Inert {
	tag, version := untrusted.ImageTag(r.Version), r.Version
	python := r.Language == "python"
	switch {
	case tag == "" && python:
		tag, version = pythonVersion, pythonVersion
	case tag == "":
		tag, version = nodeVersion, nodeVersion
	}
	whole := !numeric.MatchString(version) && strings.Contains(version, "-") // such as "20-alpine"
	switch {
	case python && whole:
		return "python:" + tag
	case python:
		return "python:" + tag + "-slim-" + pythonDebian(version)
	case whole:
		return "node:" + tag
	default:
		return "node:" + tag + "-" + nodeDebian(version) + "-slim"
	}
}

// nodeDebian is the newest Debian up to bookworm for which a tag of that Node
// version exists. An image of an exact version was built for the releases of its
// day: bullseye since August 2021, bookworm since June 2023.
func nodeDebian(version string) untrusted.Inert {
	major, minor, exact := parts(version)
	switch {
	case major == 0: // "lts", "current"
		return "bookworm"
	case major < 12, exact && (major == 12 && minor < 22 || major == 13 || major == 14 && minor < 18 || major == 15 || major == 16 && minor < 7):
		return "buster"
	case major < 18, major == 19, exact && (major == 18 && minor < 17 || major == 20 && minor < 4):
		return "bullseye"
	default:
		return "bookworm"
	}
}

// pythonDebian is nodeDebian for Python, whose patch releases matter: 3.11.4 was
// the first of its line with a bookworm image.
func pythonDebian(version string) untrusted.Inert {
	major, minor, exact := parts(version)
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

// parts reads major and minor of a version; exact says that it has a minor. A
// version that is a word has the major 0.
func parts(version string) (major, minor int, exact bool) {
	fields := strings.Split(version, ".")
	major, _ = strconv.Atoi(fields[0])
	if len(fields) > 1 {
		minor, _ = strconv.Atoi(fields[1])
	}
	return major, minor, len(fields) > 1
}
