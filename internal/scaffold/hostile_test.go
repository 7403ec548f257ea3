package scaffold_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/scaffold"
)

// FuzzHostileValues puts text of a stranger into every field of a repository. The files that
// are made have the same instructions, keys and lines as with harmless text, or there are none.
func FuzzHostileValues(f *testing.F) {
	for _, seed := range []string{
		"9.0.0\nFROM evil\nRUN x", "1.22.22;touch /pwn", "a\"]\nRUN x\nCMD [\"", "x\\", "<<EOF", "--from=evil", "'; touch /pwn #", "$(touch /pwn)",
		"`id`", "${HOME}", "# comment", "- x: y", "a: b", "\u0085b: c", "\u2028b", "\u202ecod", "\x7f\x1b[31m", "*", "!x", "%2e", "|", "&& x", "[a", "{{.}}",
		" lead", "trail ", "\t", "\r", "\x00", "\xff", "\U000e0001",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return // stands for what was not found
		}
		for name, repo := range repositories {
			hostile, harmless := repo, repo
			hostile.Services, harmless.Services = replaced(repo.Services, text), replaced(repo.Services, "plain")
			got, err := scaffold.Render(hostile, scaffold.Options{Name: "p" + text})
			if err != nil {
				if !strings.Contains(err.Error(), "cannot hold") {
					t.Errorf("%q is refused with %v", text, err)
				}
				continue
			}
			want, err := scaffold.Render(harmless, scaffold.Options{Name: "plain"})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(shapes(t, want, "plain"), shapes(t, got, text)); d != "" {
				t.Fatalf("%s with %q (-harmless +hostile):\n%s", name, text, d)
			}
		}
	})
}

// replaced gives the services with text in the place of every string that a clone chooses.
// What detection takes from lists of its own stays: stacks, languages, managers.
func replaced(services []detect.Service, text string) []detect.Service {
	var out []detect.Service
	for _, s := range services {
		keep := s
		s.Packages.Members = append([]string(nil), s.Packages.Members...)
		v := reflect.New(reflect.TypeOf(s)).Elem()
		v.Set(reflect.ValueOf(s))
		replaceStrings(v, text)
		s = v.Interface().(detect.Service)
		s.Name, s.Dir, s.StackName, s.Framework, s.Compose, s.Evidence, s.Calls, s.Remarks = keep.Name, keep.Dir, keep.StackName, keep.Framework, keep.Compose, nil, nil, nil
		s.Runtime.Language, s.Packages.Manager, s.Packages.Workspace = keep.Runtime.Language, keep.Packages.Manager, keep.Packages.Workspace
		s.Dockerfile, s.PortName = keep.Dockerfile, keep.PortName
		if component := component(text); s.Dir != "." && component != "" {
			s.Dir += "/" + component
		}
		s.Ready = "/" + strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\f\r\v", r) }), "")
		if len(keep.Prod) > 0 {
			s.Prod[0] = keep.Prod[0] // which server is installed hangs on it
		}
		for i := range s.Variables {
			s.Variables[i].Sibling, s.Variables[i].Name, s.Variables[i].Generate, s.Variables[i].Usual = keep.Variables[i].Sibling, keep.Variables[i].Name, keep.Variables[i].Generate, keep.Variables[i].Usual
		}
		out = append(out, s)
	}
	return out
}

// component is text as the name of a directory; empty where it cannot be one.
func component(text string) string {
	name := strings.NewReplacer("/", "", "\x00", "").Replace(text)
	if name == "." || name == ".." {
		return ""
	}
	return name
}

// replaceStrings puts text in the place of every string in v that is not empty, in copies of lists.
func replaceStrings(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 {
			v.SetString(text)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			replaceStrings(field, text)
		}
	case reflect.Slice:
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(copied, v)
		for i := range copied.Len() {
			replaceStrings(copied.Index(i), text)
		}
		if v.Len() > 0 {
			v.Set(copied)
		}
	}
}

// shapes are the files without the values: what instructions, keys and lines they have.
func shapes(t *testing.T, files []scaffold.File, text string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, f := range files {
		key := f.Path
		if dir := component(text); dir != "" {
			key = strings.ReplaceAll(key, "/"+dir+"/", "/")
		}
		all[key] = shape(t, f)
	}
	return all
}

func shape(t *testing.T, f scaffold.File) []string {
	t.Helper()
	var lines []string
	switch name := path.Base(f.Path); {
	case strings.HasSuffix(name, ".dockerignore"):
		for line := range strings.Lines(string(f.Content)) {
			kind := "pattern"
			if strings.ContainsAny(line[:1], "#!\n") {
				kind = line[:1]
			}
			lines = append(lines, kind)
		}
	case strings.HasPrefix(name, "Dockerfile"):
		result, err := parser.Parse(bytes.NewReader(f.Content))
		if err != nil {
			t.Fatalf("%s: %v\n%s", f.Path, err, f.Content)
		}
		for _, n := range result.AST.Children {
			line := strings.ToUpper(n.Value) + " " + strings.Join(n.Flags, " ") + " " + fmt.Sprint(len(n.Heredocs), n.Value == "cmd" && n.Attributes["json"])
			if n.Value == "from" {
				line += n.Next.Value[:strings.Index(n.Next.Value, ":")]
			}
			if n.Value == "run" {
				line += shellShape(n.Next.Value)
			}
			lines = append(lines, line)
		}
		lines = append(lines, fmt.Sprint(strings.Count(string(f.Content), "\n#"), " comments"))
	case strings.HasSuffix(name, ".json"):
		var v any
		plain := regexp.MustCompile(`(?m)^\s*//.*$`).ReplaceAll(f.Content, nil)
		if err := json.Unmarshal(plain, &v); err != nil {
			t.Fatalf("%s: %v\n%s", f.Path, err, f.Content)
		}
		lines = valueShape("", v)
	default:
		var v any
		if err := yaml.Unmarshal(f.Content, &v); err != nil {
			t.Fatalf("%s: %v\n%s", f.Path, err, f.Content)
		}
		lines = append(valueShape("", v), fmt.Sprint(len(regexp.MustCompile(`(?m)^ *#`).FindAll(f.Content, -1)), " comments"))
	}
	return lines
}

// valueShape are the keys of a document and the kinds of what they hold.
func valueShape(at string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		if strings.Contains(at, ".volumes[") {
			return []string{at + " string"} // a mount in its long form, for a path with a colon
		}
		var lines []string
		for key, inner := range v {
			if strings.HasSuffix(at, ".setup.copy") {
				key = "file" // a name of the clone's
			}
			lines = append(lines, valueShape(at+"."+key, inner)...)
		}
		slices.Sort(lines)
		return lines
	case []any:
		var lines []string
		for i, inner := range v {
			lines = append(lines, valueShape(fmt.Sprintf("%s[%d]", at, i), inner)...)
		}
		return lines
	default:
		return []string{fmt.Sprintf("%s %T", at, v)}
	}
}

// shellShape is what a command of a shell has besides its words.
func shellShape(command string) string {
	plain := regexp.MustCompile(`'[^']*'|\\'`).ReplaceAllString(command, "")
	return regexp.MustCompile("[^;&|<>()$`#\"\\\\]").ReplaceAllString(plain, "")
}
