package stack

import (
	"slices"
	"strconv"
	"strings"
)

// HasOne says whether a text holds one of the words.
func HasOne(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// Group is the text of a group of a match; empty where it took no part.
func Group(text string, match []int, i int) string {
	if match[2*i] < 0 {
		return ""
	}
	return text[match[2*i]:match[2*i+1]]
}

// PortNumber reads a port; 0 and what is above 65535 are none.
func PortNumber(text string) (int, bool) {
	n, err := strconv.Atoi(strings.Trim(text, `"'`))
	return n, err == nil && n > 0 && n < 1<<16
}
