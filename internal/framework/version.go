package framework

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// newer is more than any number of a version.
const newer = 1 << 30

// bound is one comparison of a range: an operator and up to three numbers.
var bound = lazyregexp.New(`^(\^|~>|~=|~|>=|>|<=|<|==|=|)\s*v?(\d{1,9})(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?`)

// newest is the newest version that a range of npm, Composer or RubyGems admits, as
// far as its first two numbers say. What is no range (a tag, a path, a workspace)
// admits everything.
func newest(versions string) stack.Version {
	most := stack.Version{}
	for choice := range strings.SplitSeq(versions, "||") {
		v := newestOf(strings.TrimSpace(choice))
		if most.Less(v) {
			most = v
		}
	}
	return most
}

// newestOf is [newest] of a range without choices.
func newestOf(choice string) stack.Version {
	m := bound.FindStringSubmatch(choice)
	if m == nil {
		return stack.Version{Major: newer, Minor: newer}
	}
	major := number(m[2])
	switch m[1] {
	case "^":
		return stack.Version{Major: major, Minor: newer}
	case "~>", "~=": // the last number may grow: ~> 7.1 is below 8, ~> 7.1.2 below 7.2
		if m[4] == "" {
			return stack.Version{Major: major, Minor: newer}
		}
		return stack.Version{Major: major, Minor: number(m[3])}
	case ">=", ">":
		if _, upper, bounded := strings.Cut(choice, "<"); bounded {
			return newestOf("<" + strings.TrimSpace(upper))
		}
		return stack.Version{Major: newer, Minor: newer}
	case "<": // below 8 is any 7
		if minor := number(m[3]); minor > 0 && minor < newer {
			return stack.Version{Major: major, Minor: minor - 1}
		}
		return stack.Version{Major: major - 1, Minor: newer}
	default:
		return stack.Version{Major: major, Minor: number(m[3])}
	}
}

// number is a part of a version; one that is left open may be any.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return newer
	}
	return n
}
