// Package secret tells which variables hold secrets, and takes secrets out of texts that
// others are to read.
package secret

import (
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// names match variables whose value only their owner should see.
var names = lazyregexp.New(`(?i)passw|passphrase|(^|_)pw$|_pwd$|secret|token|credential|api_?key|access_?key|private_?key|(^|_)(key|auth|dsn|salt|cookie|pat)$|database_url|connection_string|webhook`)

// HasName tells whether a variable of this name holds a secret.
func HasName(name string) bool { return names.MatchString(name) }
