package stack

import (
	"encoding/json"
	"fmt"
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

// Closing is where the bracket closes that opened before the text; -1 where none does. What
// stands in quotes does not count.
func Closing(text string) int { return unnested(text, ")]}") }

// Item is a text up to the comma, or the bracket, that ends it.
func Item(text string) string {
	if end := unnested(text, ",)]}"); end >= 0 {
		return text[:end]
	}
	return text
}

// maxCall bounds how much of a source one call is looked for in.
const maxCall = 20_000

// unnested is where the first of the characters stands that is in no brackets and no quotes; -1
// for nowhere.
func unnested(text, characters string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text) && i < maxCall; i++ {
		c := text[i]
		switch {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.IndexByte("\"'`", c) >= 0:
			quote = c
		case depth == 0 && strings.IndexByte(characters, c) >= 0:
			return i
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth = max(0, depth-1)
		}
	}
	return -1
}

// Arguments are those of a call behind its first one: text follows that, as in `, "x")`. It
// has none where the call does not close.
func Arguments(text string) []string {
	end := Closing(text)
	if end < 0 {
		return nil
	}
	var all []string
	rest := strings.TrimLeft(text[:end], " \t\r\n")
	for strings.HasPrefix(rest, ",") {
		argument := Item(rest[1:])
		rest = rest[1+len(argument):]
		if argument = strings.TrimSpace(argument); argument != "" {
			all = append(all, argument)
		}
	}
	return all
}

// AndIn says that something is so in more places than the one that is named; empty for none.
func AndIn(more int) string {
	switch more {
	case 0:
		return ""
	case 1:
		return " (and in 1 more place)"
	default:
		return fmt.Sprintf(" (and in %d more places)", more)
	}
}
