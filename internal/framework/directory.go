package framework

import (
	"encoding/json"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
)

// maxFile is the most that is read of a file: what people write by hand is shorter.
const maxFile = 256 << 10

// directory is one directory of a project. Each of its files is read once.
type directory struct {
	files fs.FS
	texts map[string]string
}

// text is the beginning of a file, empty where there is none to read.
func (f *directory) text(name string) string {
	if text, known := f.texts[name]; known {
		return text
	}
	f.texts[name] = ""
	if file, err := f.files.Open(name); err == nil {
		defer file.Close()
		if content, err := io.ReadAll(io.LimitReader(file, maxFile)); err == nil {
			f.texts[name] = string(content)
		}
	}
	return f.texts[name]
}

// meets says whether the directory has the rule's framework, in its versions.
func (f *directory) meets(s *stack.Stack, r stack.Rule) bool {
	if r.Key != "" && !f.hasKey(r.Key) {
		return false
	}
	if r.Mark != "" {
		return f.text(r.Mark) != ""
	}
	packages := r.Packages
	if len(packages) == 0 {
		packages = s.Packages
	}
	for _, name := range packages {
		wanted, found := s.Language.VersionRange(f.text, name)
		if !found {
			continue
		}
		v := newest(wanted)
		return !v.Less(r.From) && (r.Below == stack.Version{} || v.Less(r.Below))
	}
	return false
}

func (f *directory) hasKey(key string) bool {
	var fields map[string]json.RawMessage
	if text := f.text("package.json"); text != "" {
		_ = json.Unmarshal([]byte(text), &fields) // a broken manifest has no keys
	}
	_, found := fields[key]
	return found
}

// sets says whether one of the env files that frameworks read from their own directory
// sets the variable.
func (f *directory) sets(variable string) bool {
	return slices.ContainsFunc([]string{".env", ".env.local", ".env.development", ".env.development.local"}, func(name string) bool {
		_, found := stack.Match(f.text(name), `(?m)^[ \t]*(?:export[ \t]+)?`+regexp.QuoteMeta(variable)+`()[ \t]*=`)
		return found
	})
}

// lacks says whether the code of the directory does not have the line yet, and where it
// belongs.
func (f *directory) lacks(a stack.Line, at Address) (file string, lacks bool) {
	if a.Code == "" {
		return "", false
	}
	candidates := a.Files
	if a.In != nil {
		candidates = a.In(f.text)
	}
	var text strings.Builder
	for _, name := range candidates {
		if content := f.text(name); content != "" {
			text.WriteString(content + "\n")
			if file == "" {
				file = name
			}
		}
	}
	if file == "" {
		if a.Must {
			return "", false
		}
		return candidates[0], true
	}
	if a.Only != "" && !regexp.MustCompile(a.Only).MatchString(text.String()) {
		return "", false
	}
	if a.Has == "" {
		return file, true
	}
	has := strings.ReplaceAll(a.Has, "{suffix}", regexp.QuoteMeta(at.Suffix))
	return file, !regexp.MustCompile(has).MatchString(text.String())
}
