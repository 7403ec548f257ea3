package project

import (
	"crypto/sha256"
	"encoding/hex"
)

// Checkout decides the name of a project whose person gave none, so that two
// checkouts of one repository never meet on an engine. owners gives, by project
// name, the folder whose resources carry it.
//
// The plain name belongs to the folder whose resources carry it. A linked git
// worktree, or a folder that finds the name taken by another one, gets the name
// with a short hash of its own path, and keeps that as long as resources carry it.
func Checkout(name, dir string, worktree bool, owners map[string]string) string {
	sum := sha256.Sum256([]byte(dir))
	own := name + "-" + hex.EncodeToString(sum[:3])
	switch {
	case owners[own] == dir:
		return own
	case owners[name] == dir:
		return name
	case owners[name] != "" || worktree:
		return own
	default:
		return name
	}
}
