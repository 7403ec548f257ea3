package detect

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// numbers are the parts of a version: "3.10.4" is [3 10 4].
func numbers(version string) []int {
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

// less compares as if missing parts were 0.
func less(a, b []int) bool {
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

func major(version string) int { return part(numbers(version), 0) }
func minor(version string) int { return part(numbers(version), 1) }

var comparison = lazyregexp.New(`(===?|~=|!=|>=|<=|>|<|\^|~)?\s*v?(\d+(?:\.(?:\d+|[xX*]))*)`)

var hyphenRange = lazyregexp.New(`(\S+) - (\S+)`)

// newestWithin is the first of the lines that a range allows, or empty.
func newestWithin(wanted string, lines []string) string {
	for _, line := range lines {
		if satisfies(line, wanted) {
			return line
		}
	}
	return ""
}

// satisfies says whether some release of a line ("20", "3.11") lies within a
// range as npm and Python write them. It answers for whole lines: of the
// versions in the range no more counts than the line's own number of parts,
// since an image tag of the line is its newest release.
func satisfies(line, wanted string) bool {
	for alternative := range strings.SplitSeq(hyphenRange.ReplaceAllString(wanted, ">=$1 <=$2"), "||") {
		matches := comparison.FindAllStringSubmatch(alternative, -1)
		all := len(matches) > 0
		for _, match := range matches {
			all = all && allows(numbers(line), match[1], match[2])
		}
		if all {
			return true
		}
	}
	return false
}

func allows(line []int, operator, version string) bool {
	exact := numbers(version) // ends at x or *
	bound := exact[:min(len(exact), len(line))]
	equal := true
	for i := range bound {
		equal = equal && part(line, i) == bound[i]
	}
	switch operator {
	case ">=":
		return !less(line, bound)
	case ">":
		return less(bound, line) || equal && len(exact) > len(line)
	case "<=":
		return less(line, bound) || equal
	case "<":
		return less(line, bound) || equal && len(exact) > len(line) && part(exact, len(line)) > 0
	case "!=":
		return !equal || len(exact) > len(line)
	case "^":
		return part(line, 0) == part(exact, 0) && !less(line, bound)
	case "~=":
		keep := max(len(exact)-1, 1)
		for i := range min(keep, len(line)) {
			if part(line, i) != part(exact, i) {
				return false
			}
		}
		return !less(line, bound)
	default: // "~", "==" and none
		return equal
	}
}
