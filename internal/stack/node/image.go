package node

import (
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
		return "node:" + tag
	default:
		return "node:" + tag + "-" + debian(version) + "-slim"
	}
}

// debian is the newest Debian up to bookworm for which a tag of that Node
// version exists. An image of an exact version was built for the releases of its
// day: bullseye since August 2021, bookworm since June 2023.
func debian(version string) untrusted.Inert {
	major, minor, exact := stack.Parts(version)
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
