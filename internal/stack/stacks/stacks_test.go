package stacks

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/templates"
)

// TestStacks holds what those who ask the table take for granted.
func TestStacks(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		switch {
		case s.Title == "" || s.Language == nil:
			t.Errorf("%q of %q lacks a title or a language", s.Title, s.Name)
		case s.Find != nil && (s.Name == "" || s.Commands == nil):
			t.Errorf("%s is found, and lacks a name or commands", s.Title)
		case s.Name != "" && (s.Language.Image == nil || s.Language.Copies == nil || s.Language.Install == nil):
			t.Errorf("%s has a template, and %s does not say how its packages get into an image", s.Title, s.Language.Name)
		case len(s.Proxy)+len(s.Debuggers) > 0 && s.Language.VersionRange == nil:
			t.Errorf("%s has rules, and %s does not say how its packages are named", s.Title, s.Language.Name)
		case s.EnvSyntax != "" && !slices.ContainsFunc(s.Prefixes, func(prefix string) bool { return strings.HasSuffix(s.EnvSyntax, "."+prefix) }):
			t.Errorf("%s: pages read %s…, which has none of the prefixes %v", s.Title, s.EnvSyntax, s.Prefixes)
		}
	}
}

// TestTemplates: each name has a directory of templates, and each directory is a stack's.
func TestTemplates(t *testing.T) {
	t.Parallel()
	entries, err := fs.ReadDir(templates.FS, "stacks")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if s := Default(e.Name()); s == nil && e.Name() != "project" {
			t.Errorf("templates/stacks/%s is no stack's", e.Name())
		}
	}
	for _, s := range All() {
		for _, name := range []string{"Dockerfile", ".dockerignore"} {
			if _, err := fs.Stat(templates.FS, "stacks/"+s.Name+"/"+name+".tmpl"); s.Name != "" && err != nil {
				t.Errorf("%s: %v", s.Title, err)
			}
		}
	}
}

// TestRules: a rule says something, and the user who adds its line is not told again.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		for _, r := range s.Proxy {
			checkRule(t, s, r)
			if r.Line.Code != "" && r.Line.Has == "" {
				t.Errorf("%s: the line does not say how it shows that it is there", s.Title)
			}
			if shown := strings.ReplaceAll(r.Line.Has, "{suffix}", regexp.QuoteMeta("{suffix}")); !regexp.MustCompile(shown).MatchString(r.Line.Code) {
				t.Errorf("%s: the pattern %s does not know the line %s", s.Title, r.Line.Has, r.Line.Code)
			}
		}
		for _, d := range s.Debuggers {
			if d.Instead == "" {
				checkRule(t, s, d.Rule)
			} else if d.Start == "" || d.Line.Why == "" {
				t.Errorf("%s: what to write instead lacks its reason or its place", s.Title)
			}
			for _, pattern := range []string{d.Start, d.Only, d.Unless} {
				regexp.MustCompile(pattern)
			}
		}
	}
}

func checkRule(t *testing.T, s *stack.Stack, r stack.Rule) {
	t.Helper()
	if len(r.Variables) == 0 && r.Line.Code == "" {
		t.Errorf("%s: the rule says nothing", s.Title)
	}
	if r.Line.Code != "" && (r.Line.Why == "" || len(r.Line.Files) == 0 && r.Line.In == nil) {
		t.Errorf("%s: the line lacks its reason or its place", s.Title)
	}
	if r.Mark == "" && len(r.Packages)+len(s.Packages) == 0 {
		t.Errorf("%s: nothing shows that the rule counts", s.Title)
	}
	for _, pattern := range []string{r.Line.Has, r.Line.Only} {
		regexp.MustCompile(pattern)
	}
}
