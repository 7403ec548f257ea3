package npm

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// newest is the version for a service that asks for none, as of November 2026: the LTS line.
const newest = "24"

// NodeLines are what a range is answered with, newest first: the LTS lines.
var NodeLines = []string{newest, "22", "20", "18", "16", "14", "12", "10"}

// NodeVersion is the version of Node that the repository asks for, else the newest that the
// packages bear.
func NodeVersion(a *stack.App) (string, tree.Evidence) {
	own := installed(a)
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
	limit, why := nodeLimit(a, own)
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

// installed is the package.json that says what a service is installed with: its own, or that of
// the workspace where its directory has none, as in Nx.
func installed(a *stack.App) *Manifest {
	if own := ManifestOf(a.Tree, a.Dir); len(own.ranges()) > 0 || a.Packages.Workspace == "" {
		return own
	}
	return ManifestOf(a.Tree, a.Packages.Workspace)
}

// NodeFlags are what the version needs to run what is built on webpack 4.
func NodeFlags(a *stack.App, version string) (flags, why string) {
	if versions.Major(version) < 17 {
		return "", ""
	}
	if what, old := needsOldOpenSSL(installed(a), lockOf(a)); old {
		return "--openssl-legacy-provider", what + " needs the OpenSSL legacy provider from Node 17 on"
	}
	return "", ""
}

// localFlag has Node take 127.0.0.1 for localhost.
const localFlag = "--dns-result-order=ipv4first"

// NodeLocal has localhost mean 127.0.0.1, where servers in containers listen. Node 17 to 19 ask
// for the first address alone, which is ::1: https://nodejs.org/api/net.html, autoSelectFamily.
func NodeLocal(r *stack.Runtime) {
	if major := versions.Major(r.Version); major >= 17 && major < 20 {
		r.Flags = strings.TrimSpace(r.Flags + " " + localFlag)
		r.Evidence.Text += "; it looks for localhost at ::1 first"
	}
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

// imageWith is the image for a service that needs Debian packages, and whether it has them.
// The packages of an older Debian release have left Debian's servers or are about to, so that
// there the official image with a compiler, Python, git and the usual libraries is taken.
func imageWith(version string) (image untrusted.Inert, has bool) {
	if tag, whole := stack.ImageTag(version); tag != "" && !whole && debian(version) != "bookworm" {
		return "node:" + tag + "-" + debian(version), true
	}
	return NodeImage(version), false
}

// debian is the newest Debian up to bookworm for which a tag of that Node
// version exists. An image of an exact version was built for the releases of its
// day: bullseye since August 2021, bookworm since June 2023, when 16.20.1 came.
func debian(version string) untrusted.Inert {
	major, minor, exact := stack.Parts(version)
	switch {
	case major == 0, major == 16 && !exact: // "lts", "current"; the newest 16
		return "bookworm"
	case major < 12, exact && (major == 12 && minor < 22 || major == 13 || major == 14 && minor < 18 || major == 15 || major == 16 && minor < 7):
		return "buster"
	case major == 16 && !versions.Less(versions.Numbers(version), []int{16, 20, 1}):
		return "bookworm"
	case major < 18, major == 19, exact && (major == 18 && minor < 17 || major == 20 && minor < 4):
		return "bullseye"
	default:
		return "bookworm"
	}
}
