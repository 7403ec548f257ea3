// Package lazyregexp has regular expressions that are compiled when they are first used.
// devup knows a few hundred of them for what it finds in repositories and in logs;
// most commands use none, and compiling all of them at every start took a quarter of
// the time of a command that has nothing to do.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression in the syntax of package regexp. It is safe for
// concurrent use. Its methods are those of [regexp.Regexp].
type Regexp struct {
	text    string
	compile func() *regexp.Regexp
}

// New makes a regular expression. One that cannot be compiled panics when it is first
// used; the test of this package compiles every one in the source of devup.
func New(text string) *Regexp {
	return &Regexp{text: text, compile: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

// Compiled is the compiled expression.
func (r *Regexp) Compiled() *regexp.Regexp { return r.compile() }

// String is the source text of the expression.
func (r *Regexp) String() string { return r.text }

// MatchString reports whether s holds a match.
func (r *Regexp) MatchString(s string) bool { return r.compile().MatchString(s) }

// FindString is the first match in s, or empty.
func (r *Regexp) FindString(s string) string { return r.compile().FindString(s) }

// FindStringIndex is where the first match in s is, or nil.
func (r *Regexp) FindStringIndex(s string) []int { return r.compile().FindStringIndex(s) }

// FindStringSubmatch is the first match in s and its groups, or nil.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.compile().FindStringSubmatch(s) }

// FindStringSubmatchIndex is where the first match in s and its groups are, or nil.
func (r *Regexp) FindStringSubmatchIndex(s string) []int {
	return r.compile().FindStringSubmatchIndex(s)
}

// FindAllString gives up to n matches in s, all for a negative n.
func (r *Regexp) FindAllString(s string, n int) []string { return r.compile().FindAllString(s, n) }

// FindAllStringSubmatch gives up to n matches in s with their groups.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compile().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is where up to n matches in s and their groups are.
func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return r.compile().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString replaces every match in s; $1 in with stands for a group.
func (r *Regexp) ReplaceAllString(s, with string) string {
	return r.compile().ReplaceAllString(s, with)
}

// ReplaceAllStringFunc replaces every match in s by what f makes of it.
func (r *Regexp) ReplaceAllStringFunc(s string, f func(string) string) string {
	return r.compile().ReplaceAllStringFunc(s, f)
}

// SubexpIndex is the number of the group of that name, -1 for none.
func (r *Regexp) SubexpIndex(name string) int { return r.compile().SubexpIndex(name) }

// Split cuts s at up to n-1 matches, at all for a negative n.
func (r *Regexp) Split(s string, n int) []string { return r.compile().Split(s, n) }
