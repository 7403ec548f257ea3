package framework

import (
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// manifest is the kind of file in which a language names its packages.
type manifest int

const (
	npm manifest = iota
	python
	gems
	composer
	java
)

// maxFile is the most that is read of a file: what people write by hand is shorter.
const maxFile = 256 << 10

// folder is one folder of a project. Each of its files is read once.
type folder struct {
	files fs.FS
	texts map[string]string
}

// text is the beginning of a file, empty where there is none to read.
func (f *folder) text(name string) string {
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

// meets says whether the folder has the rule's framework, in its versions.
func (r rule) meets(f *folder) bool {
	if r.key != "" && !f.hasKey(r.key) {
		return false
	}
	if r.mark != "" {
		return f.text(r.mark) != ""
	}
	for _, name := range r.packages {
		wanted, found := f.wants(r.manifest, name)
		if !found {
			continue
		}
		v := newest(wanted)
		return !v.less(r.from) && (r.below == version{} || v.less(r.below))
	}
	return false
}

// wants is the range of versions of a package that the folder's manifest admits, empty
// where it says none.
func (f *folder) wants(m manifest, name string) (versions string, found bool) {
	switch m {
	case npm:
		return f.object("package.json", name, "dependencies", "devDependencies")
	case composer:
		return f.object("composer.json", name, "require", "require-dev")
	case gems:
		return match(f.text("Gemfile"), `(?m)^\s*gem\s+["']`+regexp.QuoteMeta(name)+`["'](?:\s*,\s*["']([^"']*)["'])?`)
	case java:
		for _, file := range []string{"pom.xml", "build.gradle", "build.gradle.kts"} {
			if strings.Contains(f.text(file), name) {
				return "", true
			}
		}
		return "", false
	default:
		for _, file := range []string{"requirements.txt", "pyproject.toml", "Pipfile", "requirements/base.txt", "requirements/dev.txt", "setup.py"} {
			if versions, found = match(f.text(file), `(?mi)(?:^[ \t]*|["'])`+regexp.QuoteMeta(name)+`(?:\[[^\]]*\])?()(?:[ \t\r"'=<>~!;,@#]|$)`); found {
				return versions, true
			}
		}
		return "", false
	}
}

// match finds a pattern and gives its group.
func match(text, pattern string) (group string, found bool) {
	if text == "" {
		return "", false
	}
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// object looks a package up in a JSON manifest, whose fields people write in more
// forms than one.
func (f *folder) object(file, name string, keys ...string) (versions string, found bool) {
	fields := f.fields(file)
	for _, key := range keys {
		var packages map[string]json.RawMessage
		if json.Unmarshal(fields[key], &packages) != nil {
			continue
		}
		if raw, ok := packages[name]; ok {
			_ = json.Unmarshal(raw, &versions) // what is no text says no version
			return versions, true
		}
	}
	return "", false
}

func (f *folder) hasKey(key string) bool {
	_, found := f.fields("package.json")[key]
	return found
}

// fields are the fields of a JSON file; none where it is not an object.
func (f *folder) fields(file string) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if text := f.text(file); text != "" {
		_ = json.Unmarshal([]byte(text), &fields) // a broken manifest names nothing
	}
	return fields
}

// sets says whether one of the env files that frameworks read from their own folder
// sets the variable.
func (f *folder) sets(variable string) bool {
	return slices.ContainsFunc([]string{".env", ".env.local", ".env.development", ".env.development.local"}, func(name string) bool {
		_, found := match(f.text(name), `(?m)^[ \t]*(?:export[ \t]+)?`+regexp.QuoteMeta(variable)+`()[ \t]*=`)
		return found
	})
}

// lacks says whether the code of the folder does not have the line yet, and where it
// belongs.
func (f *folder) lacks(a advice, at Address) (file string, lacks bool) {
	candidates := a.files
	if slices.Equal(candidates, []string{"{settings}"}) {
		candidates = f.settings()
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
		if a.must {
			return "", false
		}
		return candidates[0], true
	}
	if a.only != "" && !regexp.MustCompile(a.only).MatchString(text.String()) {
		return "", false
	}
	if a.has == "" {
		return file, true
	}
	has := strings.ReplaceAll(a.has, "{suffix}", regexp.QuoteMeta(at.Suffix))
	return file, !regexp.MustCompile(has).MatchString(text.String())
}

// settings are the files of Django's settings: the module that manage.py names, and
// what such modules share by habit.
func (f *folder) settings() []string {
	module, found := match(f.text("manage.py"), `DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']`)
	if !found {
		return nil
	}
	name := strings.ReplaceAll(module, ".", "/")
	return []string{name + ".py", name + "/__init__.py", name + "/base.py", path.Dir(name) + "/base.py"}
}
