package tree

import (
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/devup-cli/devup/internal/untrusted"
)

// MaxFile is the most that is read of a file. What decides about a service
// stands near the top of files that people write by hand; a bundle that was
// committed is longer and is cut.
const MaxFile = 256 << 10

// maxLock bounds a lock file, which is long without being strange.
const maxLock = 16 << 20

// Mark is in the first line of each Dockerfile that `devup init` made. Such a file only repeats
// what was detected before, so it is evidence for nothing.
const Mark = "Made by devup init; yours to change."

// Made tells whether a file is a Dockerfile that `devup init` made.
func (t *Tree) Made(name string) bool {
	if !strings.Contains(strings.ToLower(path.Base(name)), "dockerfile") {
		return false
	}
	first, _, _ := strings.Cut(t.upTo(name, 1<<10), "\n")
	return strings.Contains(first, Mark)
}

// Text is a file's text, cut at [MaxFile], with \n line ends; empty where the
// file is missing, unreadable, not text or [Tree.Made]. A file is read once.
func (t *Tree) Text(name string) string {
	if text, known := t.texts[name]; known {
		return text
	}
	text := ""
	if !t.Made(name) {
		text = t.upTo(name, MaxFile)
	}
	if t.texts != nil {
		t.texts[name] = text
	}
	return text
}

// LockText is [Tree.Text] for a lock file, which is longer.
func (t *Tree) LockText(name string) string { return t.upTo(name, maxLock) }

// Exists tells whether the repository has a file or directory of the path, also one that
// the tree does not hold.
func (t *Tree) Exists(name string) bool {
	if t.fsys == nil || !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(t.fsys, name)
	return err == nil
}

func (t *Tree) upTo(name string, limit int64) string {
	if t.fsys == nil {
		return ""
	}
	file, err := t.fsys.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, limit))
	if err != nil {
		return ""
	}
	return plain(content)
}

// plain makes text of a file's content: UTF-16 is text where a byte order mark says so, as in the
// lists that PowerShell writes. Other encodings with NUL bytes are no text for us, invalid
// UTF-8 is tolerated, a byte order mark goes.
func plain(content []byte) string {
	if decoded, ok := untrusted.UTF8(content); ok {
		content = decoded
	}
	text := string(content)
	if strings.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
		return ""
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// File is a source file that was read, with whole-line comments blanked so that
// code that was commented out is no evidence. Offsets and lines are the file's.
type File struct {
	Path string
	Text string
}

// Source reads a source file, or one of settings.
func (t *Tree) Source(name string) File {
	mark := "//"
	switch path.Ext(name) {
	case ".py", ".rb", ".ru", ".ex", ".exs", ".txt", ".toml", ".yml", ".yaml", ".properties", ".env", "":
		mark = "#"
	}
	text := BlankComments(t.Text(name), mark)
	if path.Ext(name) == ".rs" {
		text = blankTests(text)
	}
	return File{Path: name, Text: text}
}

// blankTests replaces Rust's modules of tests by blanks, which stand in the source that they
// test. rustfmt begins and ends each in the first column.
func blankTests(text string) string {
	const mark = "#[cfg(test)]"
	if !strings.Contains(text, mark) {
		return text
	}
	lines := strings.Split(text, "\n")
	marked, inside := false, false
	for i, line := range lines {
		switch {
		case inside:
			inside = line != "}"
			lines[i] = strings.Repeat(" ", len(line))
		case line == mark:
			marked = true
		case marked && !strings.HasPrefix(line, "#["):
			inside = strings.Contains(line, "mod ") && strings.HasSuffix(line, "{")
			marked = false
		}
	}
	return strings.Join(lines, "\n")
}

// BlankComments replaces lines that are only a comment by blanks.
func BlankComments(text, mark string) string {
	if !strings.Contains(text, mark) {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), mark) {
			lines[i] = strings.Repeat(" ", len(line))
		}
	}
	return strings.Join(lines, "\n")
}

// At is the evidence at an offset of the file.
func (f File) At(offset int, text string) Evidence {
	return Evidence{File: f.Path, Line: LineAt(f.Text, offset), Text: text}
}

// LineAt is the number of the line, counted from 1, that holds the offset.
func LineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(offset, len(text))], "\n")
}
