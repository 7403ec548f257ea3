package python

import (
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
