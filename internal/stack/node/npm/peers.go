package npm

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/untrusted"
)

// The flags by which npm 7 and later install packages whose peers conflict. The first leaves
// peers alone, as npm 6 did; the second installs them all the same.
const (
	legacyPeers = "--legacy-peer-deps"
	forcePeers  = "--force"
)

// peersFlag is the flag that a lock file was made with: without one, npm writes none in which
// a package lacks a peer or has one of another version, and `npm ci` refuses to install it.
func peersFlag(packages map[string]lockedPackage) string {
	conflict, brought := false, false
	for dir, p := range packages {
		brought = brought || p.Peer
		if !strings.Contains(dir, "node_modules/") {
			continue // the project's own
		}
		for name, wanted := range p.Peers {
			conflict = conflict || !p.PeerMeta[name].Optional && !finds(packages, dir, name, wanted) && !p.isLeftOut(packages, dir, name)
		}
	}
	switch {
	case !conflict:
		return ""
	case brought:
		return forcePeers
	}
	return legacyPeers
}

var aVersion = lazyregexp.New(`\d`)

// finds says whether a package finds another one of a version: in the directory of packages
// that it lies in or in one above.
func finds(packages map[string]lockedPackage, dir, name, wanted string) bool {
	for {
		at := max(strings.LastIndex(dir, "node_modules/"), 0)
		if found, is := packages[dir[:at]+"node_modules/"+name]; is {
			return found.Version == "" || !aVersion.MatchString(wanted) || versions.Satisfies(found.Version, wanted)
		}
		if dir = strings.TrimSuffix(dir[:at], "/"); at == 0 {
			return false
		}
	}
}

var (
	saysLegacy = lazyregexp.New(`npm (?:i|install|ci)\b[^\n]*--legacy-peer-deps`)
	saysForce  = lazyregexp.New(`npm (?:i|install|ci)\b[^\n]*(?:--force|\s-f\b)`)
)

// peersInText is the flag by which a text says to install the packages.
func peersInText(text string) string {
	switch {
	case saysLegacy.MatchString(text):
		return legacyPeers
	case saysForce.MatchString(text):
		return forcePeers
	}
	return ""
}

// peers is a flag as it stands in a command.
func peers(flag string) untrusted.Inert {
	switch flag {
	case legacyPeers:
		return " " + legacyPeers
	case forcePeers:
		return " " + forcePeers
	}
	return ""
}
