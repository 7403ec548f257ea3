// Package versions compares versions of languages and packages with the ranges that npm and
// Python write.
package versions

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Numbers are the parts of a version: "3.10.4" is [3 10 4].
func Numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		all = append(all, n)
	}
	return all
}

// Less compares as if missing parts were 0.
func Less(a, b []int) bool {
	for i := range max(len(a), len(b)) {
		if x, y := part(a, i), part(b, i); x != y {
			return x < y
		}
	}
	return false
}

func part(version []int, i int) int {
	if i < len(version) {
		return version[i]
	}
	return 0
}

// Major is the first number of a version, 0 where it has none.
func Major(version string) int { return part(Numbers(version), 0) }

// Minor is the second number of a version, 0 where it has none.
func Minor(version string) int { return part(Numbers(version), 1) }

// comparison is a version with its operator; what marks a release as early or late ("-0", "rc1")
// does not count.
var comparison = lazyregexp.New(`(===?|~=|!=|>=|<=|>|<|\^|~)?\s*v?(\d+(?:\.(?:\d+|[xX*]))*)(?:[-+.]?[a-zA-Z][\w.+-]*|[-+][\w.+-]+)?`)

var hyphenRange = lazyregexp.New(`(\S+) - (\S+)`)

// NewestWithin is the first of the lines that a range allows, or empty.
func NewestWithin(wanted string, lines []string) string {
	for _, line := range lines {
		if Satisfies(line, wanted) {
			return line
		}
	}
	return ""
}

// Satisfies says whether some release of a line ("20", "3.11") lies within a
// range as npm and Python write them. It answers for whole lines: of the
// versions in the range no more counts than the line's own number of parts,
// since an image tag of the line is its newest release.
func Satisfies(line, wanted string) bool {
	for alternative := range strings.SplitSeq(hyphenRange.ReplaceAllString(wanted, ">=$1 <=$2"), "||") {
		matches := comparison.FindAllStringSubmatch(alternative, -1)
		all := len(matches) > 0
		for _, match := range matches {
			all = all && allows(Numbers(line), match[1], match[2])
		}
		if all {
			return true
		}
	}
	return false
}

func allows(line []int, operator, version string) bool {
	exact := Numbers(version) // ends at x or *
	bound := exact[:min(len(exact), len(line))]
	equal := true
	for i := range bound {
		equal = equal && part(line, i) == bound[i]
	}
	switch operator {
	case ">=":
		return !Less(line, bound)
	case ">":
		return Less(bound, line) || equal && len(exact) > len(line)
	case "<=":
		return Less(line, bound) || equal
	case "<":
		return Less(line, bound) || equal && len(exact) > len(line) && part(exact, len(line)) > 0
	case "!=":
		return !equal || len(exact) > len(line)
	case "^":
		return part(line, 0) == part(exact, 0) && !Less(line, bound)
	case "~=":
		keep := max(len(exact)-1, 1)
		for i := range min(keep, len(line)) {
			if part(line, i) != part(exact, i) {
				return false
			}
		}
		return !Less(line, bound)
	default: // "~", "==" and none
		return equal
	}
}
