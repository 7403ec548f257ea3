package checkout

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"path/filepath"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// TokenFile, in [Dir], tells a checkout from one that lies at its path later: without it, what
// the user answered about the checkout is forgotten.
const TokenFile = "checkout"

var tokenPattern = lazyregexp.New(`^[0-9a-f]{32}$`)

// ID is a word for this checkout and no other: its path without links and random digits that
// lie in it, so that another clone at the same path, or behind the same link, has another
// one. It is empty where there are none yet, or none can be kept.
func (c *Checkout) ID(ctx context.Context) string {
	d, err := c.open(ctx)
	if err != nil {
		return ""
	}
	defer d.Close()
	return c.id(d)
}

// MakeID is [Checkout.ID] of a checkout that has one afterwards. The error is a [*Refused]
// or the file system's.
func (c *Checkout) MakeID(ctx context.Context) (string, error) {
	if id := c.ID(ctx); id != "" {
		return id, nil
	}
	d, err := c.make(ctx)
	if err != nil {
		return "", err
	}
	defer d.Close()
	var random [16]byte
	_, _ = rand.Read(random[:]) // it does not fail
	if err := d.write(TokenFile, []byte(hex.EncodeToString(random[:]))); err != nil {
		return "", err
	}
	if id := c.id(d); id != "" {
		return id, nil
	}
	return "", errors.New(Dir + "/" + TokenFile + " was changed meanwhile")
}

func (c *Checkout) id(d *dir) string {
	token, err := untrusted.ReadEntry(d.Root, TokenFile, 64)
	if err != nil || !tokenPattern.MatchString(string(token)) {
		return ""
	}
	root, err := filepath.Abs(c.root)
	if err != nil {
		return ""
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return ""
	}
	return root + " " + string(token)
}
