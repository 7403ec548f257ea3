package framework

import (
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// version is a major and a minor number.
type version struct{ major, minor int }

func (v version) less(other version) bool {
	return v.major < other.major || v.major == other.major && v.minor < other.minor
}

// newer is more than any number of a version.
const newer = 1 << 30

// bound is one comparison of a range: an operator and up to three numbers.
var bound = lazyregexp.New(`^(\^|~>|~=|~|>=|>|<=|<|==|=|)\s*v?(\d{1,9})(?:\.(\d{1,9}|[xX*]))?(?:\.(\d{1,9}|[xX*]))?`)

// newest is the newest version that a range of npm, Composer or RubyGems admits, as
// far as its first two numbers say. What is no range (a tag, a path, a workspace)
// admits everything.
func newest(versions string) version {
	most := version{}
	for choice := range strings.SplitSeq(versions, "||") {
		v := newestOf(strings.TrimSpace(choice))
		if most.less(v) {
			most = v
		}
	}
	return most
}

// newestOf is [newest] of a range without choices.
func newestOf(choice string) version {
	m := bound.FindStringSubmatch(choice)
	if m == nil {
		return version{newer, newer}
	}
	major := number(m[2])
	switch m[1] {
	case "^":
		return version{major, newer}
	case "~>", "~=": // the last number may grow: ~> 7.1 is below 8, ~> 7.1.2 below 7.2
		if m[4] == "" {
			return version{major, newer}
		}
		return version{major, number(m[3])}
	case ">=", ">":
		if _, upper, bounded := strings.Cut(choice, "<"); bounded {
			return newestOf("<" + strings.TrimSpace(upper))
		}
		return version{newer, newer}
	case "<": // below 8 is any 7
		if minor := number(m[3]); minor > 0 && minor < newer {
			return version{major, minor - 1}
		}
		return version{major - 1, newer}
	default:
		return version{major, number(m[3])}
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
