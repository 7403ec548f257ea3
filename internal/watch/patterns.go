package watch

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// patterns are patterns in the syntax of .dockerignore, in their order: the last
// one that matches a path, or a directory above it, decides. nil matches nothing.
type patterns []pattern

type pattern struct {
	matcher *patternmatcher.PatternMatcher // of this one pattern, without its "!"
	text    string                         // without "!" and slashes around it
	readmit bool                           // it began with "!"
}

// compile reads patterns. Empty ones count for nothing. Each has a matcher of its
// own because the library's answer for several depends on all directories above having
// been asked before.
func compile(texts []string) (patterns, error) {
	var made patterns
	for _, text := range texts {
		text, readmit := strings.CutPrefix(strings.TrimSpace(text), "!")
		text = strings.Trim(path.Clean(filepath.ToSlash(strings.TrimSpace(text))), "/")
		if text == "" || text == "." {
			continue
		}
		m, err := patternmatcher.New([]string{text})
		if err != nil {
			return nil, err
		}
		if _, err := m.MatchesOrParentMatches("probe"); err != nil { // patterns are compiled when first used
			return nil, err
		}
		made = append(made, pattern{matcher: m, text: text, readmit: readmit})
	}
	return made, nil
}

// match reports whether the patterns match a relative path with slashes, given what
// those before them said.
func (p patterns) match(name string, matched bool) bool {
	for _, one := range p {
		if one.readmit != matched {
			continue // it could not change the answer
		}
		if ok, err := one.matcher.MatchesOrParentMatches(filepath.FromSlash(name)); err == nil && ok {
			matched = !one.readmit
		}
	}
	return matched
}

// mayReadmit reports whether a pattern with "!" may match something below a directory
// that is matched.
func (p patterns) mayReadmit(dir string) bool {
	return slices.ContainsFunc(p, func(one pattern) bool {
		if !one.readmit {
			return false
		}
		fixed := one.text
		if i := strings.IndexAny(fixed, `*?[\`); i >= 0 {
			fixed = fixed[:i]
			if !strings.Contains(fixed, "/") {
				// "**/x" may be anywhere; that is no reason to descend into node_modules
				// and the like, unless the pattern names the directory.
				return strings.Contains(one.text, path.Base(dir)) || fixed != "" && strings.HasPrefix(dir, fixed)
			}
			fixed = path.Dir(fixed + "x")
		}
		return fixed == dir || strings.HasPrefix(fixed, dir+"/") || strings.HasPrefix(dir, fixed+"/")
	})
}

// modules is the directory of packages of Node.
const modules = "node_modules"

// wantsModules reports whether a rule names node_modules other than to ignore it.
// Otherwise it is left out: its packages are made for the system that they were
// installed on.
func wantsModules(root string, include, ignore []string) bool {
	named := func(text string) bool { return strings.Contains(text, modules) }
	return named(root) || slices.ContainsFunc(include, named) ||
		slices.ContainsFunc(ignore, func(text string) bool { return strings.HasPrefix(text, "!") && named(text) })
}

// alwaysIgnored reports whether a relative path is, or lies in, what is never synced:
// version control, and what editors and tools, devup too, write next to the files.
// It is asked about every file, so it is no list of patterns.
func alwaysIgnored(name string, withModules bool) bool {
	for part := range strings.SplitSeq(name, "/") {
		switch part {
		case ".git", ".hg", ".svn", ".idea", ".DS_Store", ".devup", "4913": // with the last, Vim tries whether it may write
			return true
		case modules:
			if !withModules {
				return true
			}
		case "":
			continue
		}
		last := part[len(part)-1]
		switch {
		case last == '~', part[0] == '#' && last == '#', strings.HasPrefix(part, ".#"), // Vim, Emacs
			strings.HasSuffix(part, "___jb_tmp___"), strings.HasSuffix(part, "___jb_old___"), // JetBrains
			strings.HasPrefix(part, ".goutputstream-"), strings.HasSuffix(part, "-go-tmp-umask"): // Gnome, Go
			return true
		case part[0] != '.':
			continue
		}
		switch path.Ext(part) {
		case ".swp", ".swo", ".swn", ".swx", ".kate-swp": // Vim, Kate
			return true
		}
	}
	return false
}

// buildIgnores are what the build of a service leaves out of its context, and the
// context. A pattern that leaves out everything says only that the image copies
// nothing but what is readmitted; it is not about syncing and counts for nothing.
func buildIgnores(b *types.BuildConfig) (context string, left patterns, err error) {
	if b == nil || b.Context == "" || !filepath.IsAbs(b.Context) {
		return "", nil, nil
	}
	context = filepath.Clean(b.Context)
	if real, err := filepath.EvalSymlinks(context); err == nil {
		context = real
	}
	file := filepath.Join(context, ".dockerignore")
	texts, err := readIgnores(filepath.Join(context, b.Dockerfile+".dockerignore"))
	if b.Dockerfile == "" || filepath.IsAbs(b.Dockerfile) || errors.Is(err, fs.ErrNotExist) {
		texts, err = readIgnores(file)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", nil, fail.Wrap(err, fail.Denied, "make it readable", "the files that the build leaves out cannot be read: %v", err)
	}
	texts = slices.DeleteFunc(texts, func(text string) bool { return slices.Contains([]string{"*", "**", "**/*"}, text) })
	left, err = compile(texts)
	if err != nil {
		e := fail.Wrap(err, fail.Config, "", "a pattern is invalid: %v", err)
		e.File = file
		return "", nil, e
	}
	return context, left, nil
}

func readIgnores(name string) ([]string, error) {
	text, err := untrusted.ReadFile(name, untrusted.MaxText)
	if err != nil {
		return nil, err
	}
	return ignorefile.ReadAll(bytes.NewReader(text))
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}
