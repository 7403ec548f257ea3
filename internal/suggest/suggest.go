// Package suggest finds what a user most likely meant by a word that is not known.
package suggest

import (
	"slices"
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

// IsTypo says whether a word is one known word with a letter too many, too few, wrong, or in
// the place of its neighbor. Of words that may stand where the known one does, little else
// shows what a user meant.
func IsTypo(word, known string) bool {
	if word == known {
		return false
	}
	lower := strings.ToLower(word)
	letters := func(s string) string {
		runes := []rune(s)
		slices.Sort(runes)
		return string(runes)
	}
	distance := levenshtein.Distance(lower, known, nil)
	return distance <= 1 || distance == 2 && letters(lower) == letters(known)
}
