package python

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// image is the official slim image, with the Debian release in its tag: a tag without one
// moves to the next release on some later day, and system packages change under the project.
func image(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return image(newest)
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
