package stack

import (
	"encoding/json"
	"regexp"
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

// Match finds a pattern in a text and gives its group.
func Match(text, pattern string) (group string, found bool) {
	if text == "" {
		return "", false
	}
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// WantedInJSON looks a package up in a JSON manifest, whose fields people write in more
// forms than one.
func WantedInJSON(text, name string, keys ...string) (versions string, found bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &fields) != nil {
		return "", false // a broken manifest names nothing
	}
	for _, key := range keys {
		var packages map[string]json.RawMessage
		if json.Unmarshal(fields[key], &packages) != nil {
			continue
		}
		if raw, ok := packages[name]; ok {
			_ = json.Unmarshal(raw, &versions) // what is no text says no version
			return versions, true
		}
	}
	return "", false
}
