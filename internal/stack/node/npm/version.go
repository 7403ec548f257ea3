package npm

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

// newest is the version for a service that asks for none, as of November 2026: the LTS line.
const newest = "24"

// NodeLines are what a range is answered with, newest first: the LTS lines.
var NodeLines = []string{newest, "22", "20", "18", "16", "14"}

// NodeVersion is the version of Node that the repository asks for, else the newest that the
// packages bear.
func NodeVersion(a *stack.App) (string, tree.Evidence) {
	own := ManifestOf(a.Tree, a.Dir)
	for _, file := range a.VersionFiles("nodejs", ".nvmrc", ".node-version", ".tool-versions") {
		if version := release(file.Text); version != "" {
			return version, file
		}
	}
	if version := release(own.Volta["node"]); version != "" {
		return version, own.At("volta", "volta node "+version)
	}
	packages := []*Manifest{own}
	if root, member := workspaceOf(a.Tree, a.Dir); member {
		packages = append(packages, root.manifest)
	}
	limit, why := limitOf(own)
	for _, p := range packages {
		wanted := p.Engines["node"]
		if version := versions.NewestWithin(wanted, NodeLines); version != "" {
			if limit < versions.Major(version) && versions.Satisfies(strconv.Itoa(limit), wanted) {
				return strconv.Itoa(limit), why
			}
			return version, p.At("engines", "engines.node "+wanted)
		}
	}
	if limit < versions.Major(newest) {
		return strconv.Itoa(limit), why
	}
	return newest, tree.Evidence{Text: "the newest LTS of Node"}
}

// NodeFlags are what the version needs to run what is built on webpack 4.
func NodeFlags(a *stack.App, version string) (flags, why string) {
	if what, old := needsOldOpenSSL(ManifestOf(a.Tree, a.Dir)); old && versions.Major(version) >= 17 {
		return "--openssl-legacy-provider", what + " needs the OpenSSL legacy provider from Node 17 on"
	}
	return "", ""
}

// ltsNames are the names that nvm knows the LTS lines by.
var ltsNames = map[string]string{
	"lts/*": newest, "lts/krypton": "24", "lts/jod": "22", "lts/iron": "20", "lts/hydrogen": "18", "lts/gallium": "16", "lts/fermium": "14",
}

// release is the version as an image tag has it; empty for "node" and what
// else names no version.
func release(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if version, ok := ltsNames[text]; ok {
		return version
	}
	if version := stack.PlainVersion(text); versions.Major(version) >= 4 {
		return version
	}
	return ""
}

// oldNode are dependencies that a newer Node breaks. react-scripts 3 and 4 hash
// with MD4 (webpack 4), which the OpenSSL 3 of Node 17 and later refuses. Node
// 16 runs them as they are; the other way, Node's --openssl-legacy-provider, is
// taken where the repository asks for a newer Node. 16 is the default because
// the native packages of that age (node-sass) have builds for it and none for
// newer ones.
var oldNode = []struct {
	dependency string
	below      int // major version of the dependency that no longer needs it
	node       int // the newest Node it works with
}{
	{"react-scripts", 5, 16},
	{"@vue/cli-service", 5, 16},
	{"webpack", 5, 16},
	{"node-sass", 5, 14},
	{"node-sass", 7, 16},
	{"node-sass", 9, 18},
	{"node-sass", 10, 20},
}

func limitOf(p *Manifest) (int, tree.Evidence) {
	limit, why := versions.Major(newest), tree.Evidence{}
	for _, old := range oldNode {
		version, needed := p.Needs(old.dependency)
		if m := majorOfRange(version); needed && m > 0 && m < old.below && old.node < limit {
			limit = old.node
			why = p.At(old.dependency, fmt.Sprintf("%s %d works up to Node %d", old.dependency, m, old.node))
			if old.node == 16 && old.dependency != "node-sass" {
				why.Text = fmt.Sprintf("%s %d hashes with MD4, which Node 17 and later refuse; Node 16 chosen, the last that runs it without a flag", old.dependency, m)
			}
		}
	}
	return limit, why
}

// needsOldOpenSSL names the dependency that is built on webpack 4.
func needsOldOpenSSL(p *Manifest) (string, bool) {
	for _, old := range oldNode[:3] {
		version, needed := p.Needs(old.dependency)
		if m := majorOfRange(version); needed && m > 0 && m < old.below {
			return fmt.Sprintf("%s %d", old.dependency, m), true
		}
	}
	return "", false
}

var number = lazyregexp.New(`\d+`)

func majorOfRange(version string) int {
	n, err := strconv.Atoi(number.FindString(version))
	if err != nil {
		return 0
	}
	return n
}

// NodeImage is the official slim image, with the Debian release in its tag: a tag without one
// moves to the next release on some later day, and system packages change under the project.
func NodeImage(version string) untrusted.Inert {
	tag, whole := stack.ImageTag(version)
	switch {
	case tag == "":
		return NodeImage(newest)
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
