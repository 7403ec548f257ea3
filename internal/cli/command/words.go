package command

import "strings"

// List names things in a sentence.
func List(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Plural is the first word for one thing, else the second.
func Plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// FirstLine is a text up to its first line end.
func FirstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
