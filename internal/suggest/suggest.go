// Package suggest finds what a user most likely meant by a word that is not known.
package suggest

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest is the known word that a user most likely meant by the given one, or empty when
// none is near. Of words that are equally far the one that begins alike is nearer: wbe is
// web, not db. A word that goes on where the given one ends is near, as memory is to mem.
func Nearest(word string, known []string) string {
	word = strings.ToLower(word)
	alike := levenshtein.NewParams().BonusThreshold(0)
	best, likeness := "", 0.0
	for _, k := range known {
		if levenshtein.Distance(word, k, nil) >= min(len(word)/3+2, 4) {
			continue
		}
		if l := levenshtein.Match(word, k, alike); l > likeness {
			best, likeness = k, l
		}
	}
	for _, k := range known {
		if best == "" && len(word) > 2 && strings.HasPrefix(k, word) {
			return k
		}
	}
	return best
}
