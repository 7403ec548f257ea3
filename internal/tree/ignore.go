package tree

import (
	"path"
	"slices"
	"strings"
)

// ignoreRules are the patterns of the .gitignore files from the root down to a
// directory; later rules win, as in git. The semantics are gitignore(5): the
// matchers among our modules speak .dockerignore, where an unanchored pattern
// does not match in sub-directories.
type ignoreRules []ignoreRule

type ignoreRule struct {
	base        string   // directory of the .gitignore, "." for the root
	parts       []string // the pattern's segments
	anchored    bool     // relative to base; else it matches a name at any depth below
	directories bool     // ended in a slash: matches directories alone
	keep        bool     // started with "!"
}

// with adds the rules of one .gitignore; the receiver stays as it is.
func (r ignoreRules) with(base, text string) ignoreRules {
	all := slices.Clip(r)
	for line := range strings.Lines(text) {
		if rule, ok := parseIgnore(base, strings.TrimRight(line, "\n")); ok {
			all = append(all, rule)
		}
	}
	return all
}

func parseIgnore(base, line string) (ignoreRule, bool) {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	rule := ignoreRule{base: base}
	if strings.HasPrefix(line, "#") {
		return rule, false
	}
	if rest, negated := strings.CutPrefix(line, "!"); negated {
		rule.keep, line = true, rest
	}
	if rest, ok := strings.CutSuffix(line, "/"); ok {
		rule.directories, line = true, rest
	}
	rule.anchored = strings.Contains(line, "/")
	line = strings.Trim(line, "/")
	if line == "" {
		return rule, false
	}
	rule.parts = strings.Split(line, "/")
	for _, part := range rule.parts {
		if _, err := path.Match(part, ""); err != nil {
			return rule, false // git ignores a pattern that it cannot read, and so do we
		}
	}
	return rule, true
}

// ignores says whether the rules leave out a path of the repository.
func (r ignoreRules) ignores(name string, directory bool) bool {
	for _, v := range slices.Backward(r) {
		if v.matches(name, directory) {
			return !v.keep
		}
	}
	return false
}

func (r ignoreRule) matches(name string, directory bool) bool {
	if r.directories && !directory {
		return false
	}
	if !r.anchored {
		ok, _ := path.Match(r.parts[0], path.Base(name))
		return ok
	}
	if r.base != "." {
		rest, below := strings.CutPrefix(name, r.base+"/")
		if !below {
			return false
		}
		name = rest
	}
	return MatchParts(r.parts, strings.Split(name, "/"))
}

// MatchParts matches the segments of a path with those of a pattern, where ** stands for any number of them.
func MatchParts(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return len(name) > 0
			}
			for i := range name {
				if MatchParts(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], name[0]); !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
