package composefile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"

	"github.com/devup-cli/devup/internal/envfile"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/symbol"
	"github.com/devup-cli/devup/internal/untrusted"
)

// maxEnvFile is the most that devup reads of an env file, in bytes: compose-go's parser
// takes a frame of the stack for each line with a comment.
const maxEnvFile = 1 << 20

// envReader reads env files by compose-go's parser, and bounds what their variables stand
// for: in ten lines that double each other it is more than any machine holds. The zero
// value is ready for one project.
type envReader struct{ spent int64 }

// file reads an env file into vars. lookup knows variables that go before those of the
// file, and format is that of an env_file of Compose, empty for the usual one. The error
// is that of the file system, or a [*fail.Error] that names file and line.
func (r *envReader) file(path, format string, vars map[string]string, lookup func(string) (string, bool)) error {
	content, err := untrusted.ReadFile(path, maxEnvFile)
	if err != nil {
		if e := notRead(path, err); e != nil {
			return e
		}
		return err
	}
	return r.text(envText{path, format, content}, vars, lookup)
}

// envText is the content of an env file.
type envText struct {
	path, format string
	content      []byte
}

// text is [envReader.file] for a file that was read.
func (r *envReader) text(t envText, vars map[string]string, lookup func(string) (string, bool)) error {
	prepare()
	if e := notUTF8(t); e != nil {
		return e
	}
	if t.format == "" {
		t.content = []byte(envfile.WithoutLoneRemarks(string(t.content)))
	}
	if e := costly(t); e != nil {
		return e
	}
	r.spent += int64(len(t.content))
	over := ""
	bounded := func(name string) (string, bool) {
		value, ok := lookup(name)
		if !ok {
			value, ok = vars[name] // the parser would look there next
		}
		if r.spent += int64(len(value)); r.spent > maxExpanded {
			if over == "" {
				over = name
			}
			return "", true
		}
		return value, ok
	}
	err := dotenv.ParseWithFormat(bytes.NewReader(t.content), t.path, vars, bounded, t.format)
	switch {
	case over != "" || r.spent > maxExpanded:
		line := 0
		if over != "" {
			line = (&File{content: t.content}).MentionLine(over)
		}
		return tooMuch(t.path, line, "", "env files and what their variables stand for are larger than %d MiB together", maxExpanded>>20)
	case err != nil && strings.Contains(err.Error(), "unsupported env_file format"):
		return err
	case err != nil:
		return envFileError(t, err)
	}
	return nil
}

// notUTF8 refuses a file that is UTF-16 or no text: it would be read as names that are not in it.
func notUTF8(t envText) *fail.Error {
	if !bytes.Contains(t.content, []byte{0}) {
		return nil
	}
	e := notText(t.path, t.content)
	if e == nil {
		e = fail.New(fail.Config, "", "the file is not UTF-8 text")
		e.File, e.CauseShown = t.path, true
	}
	e.Line, e.Message = 0, "the env file is not UTF-8 text"
	e.Hint = "save it as UTF-8"
	if bytes.HasPrefix(t.content, []byte("\xFF\xFE")) || bytes.HasPrefix(t.content, []byte("\xFE\xFF")) {
		e.Message = "the env file is UTF-16, and only UTF-8 is read"
		e.Hint = "save it as UTF-8; in PowerShell: (Get-Content FILE) | Set-Content -Encoding utf8 FILE"
	}
	return e
}

// costly refuses a line that the parser would need minutes for: it searches the rest of a
// line again for each variable.
func costly(t envText) *fail.Error {
	scan, number := 0, 0
	for line := range bytes.Lines(t.content) {
		number++
		scan += bytes.Count(line, []byte("${")) * len(line)
		if scan > maxScan {
			return tooMuch(t.path, number, "", "the line has too many variables for its length")
		}
		if nesting(string(line)) > maxNested {
			return tooMuch(t.path, number, "", "variables are nested more than %d deep", maxNested)
		}
	}
	return nil
}

// ReadVariables reads the text of an env file by itself. Variables that lookup does not know
// are those of the file. The error is a [*fail.Error].
func ReadVariables(path string, content []byte, lookup func(string) (string, bool)) (map[string]string, error) {
	vars := map[string]string{}
	err := new(envReader).text(envText{path: path, content: content}, vars, lookup)
	return vars, err
}

// optional is the error of reading a file that may be missing, a directory or closed to the
// user: nil then, else a [*fail.Error].
func optional(path string, err error) error {
	if e := notRead(path, err); e != nil && !IsDirectory(path) {
		return e
	}
	return nil
}

// EnvFile reads a file of variables as env_file of a service would be read. The error
// is a *fail.Error with the code Usage: a user named the file on the command line.
func EnvFile(path string, lookup func(string) (string, bool)) (map[string]string, error) {
	content, err := untrusted.ReadGiven(path, maxEnvFile)
	if err != nil {
		return nil, fail.Wrap(err, fail.Usage, "", "the file %s cannot be read", path)
	}
	values, err := ReadVariables(path, content, lookup)
	if e, ok := errors.AsType[*fail.Error](err); ok {
		named := *e
		named.Code = fail.Usage
		return nil, &named
	}
	return values, err
}

// rawEnv reads an env file of the format raw: each value is what stands after the "=",
// with its quotes and dollar signs. A name alone takes over the user's variable.
func rawEnv(r io.Reader, _ string, vars map[string]string, lookup func(string) (string, bool)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20) // a certificate in one line is longer than the usual limit
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimLeft(strings.TrimPrefix(lines.Text(), "\uFEFF"), " \t")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		name, value, given := strings.Cut(text, "=")
		if name == "" || strings.ContainsAny(name, " \t") {
			return fmt.Errorf("line %d: key cannot contain a space", n) // the words of the library's own format, which envFileError knows
		}
		if !given {
			var there bool
			if value, there = lookup(name); !there {
				continue
			}
		}
		vars[name] = value
	}
	return lines.Err()
}

// EnvFileKeys lists the variables of an env file, sorted; none where it cannot be read.
func EnvFileKeys(file string) []string {
	content, err := untrusted.ReadFile(file, maxEnvFile)
	if err != nil {
		return nil
	}
	values, err := ReadVariables(file, content, symbol.NoValue)
	if err != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(values))
}
