package detect

import (
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

// maxFile is the most that is read of a file. What decides about a service
// stands near the top of files that people write by hand; a bundle that was
// committed is longer and is cut.
const maxFile = 256 << 10

// maxLock bounds a lock file, which is long without being strange.
const maxLock = 16 << 20

// reader reads files once, up to a bound.
type reader struct {
	fsys  fs.FS
	texts map[string]string
}

// text is a file's text, cut at [maxFile], with \n line ends; empty where the
// file is missing, unreadable or not text.
func (r reader) text(name string) string {
	if text, known := r.texts[name]; known {
		return text
	}
	text := r.upTo(name, maxFile)
	r.texts[name] = text
	return text
}

func (r reader) upTo(name string, limit int64) string {
	file, err := r.fsys.Open(name)
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

// plain makes text of a file's content: UTF-16 and other encodings with NUL
// bytes are no text for us, invalid UTF-8 is tolerated, a byte order mark goes.
func plain(content []byte) string {
	text := string(content)
	if strings.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
		return ""
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	text = strings.TrimPrefix(text, "\uFEFF")
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// file is a source file that was read, with whole-line comments blanked so that
// code that was commented out is no evidence. Offsets and lines are the file's.
type file struct {
	path string
	text string
}

func (r reader) source(name string) file {
	mark := "//"
	switch path.Ext(name) {
	case ".py", ".txt", ".toml", ".env", "":
		mark = "#"
	}
	return file{path: name, text: blankComments(r.text(name), mark)}
}

// blankComments replaces lines that are only a comment by blanks.
func blankComments(text, mark string) string {
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

// at is the evidence at an offset of the file.
func (f file) at(offset int, text string) Evidence {
	return Evidence{File: f.path, Line: lineAt(f.text, offset), Text: text}
}

// lineAt is the number of the line, counted from 1, that holds the offset.
func lineAt(text string, offset int) int {
	return 1 + strings.Count(text[:min(offset, len(text))], "\n")
}
