package show

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/test/cmdtest"
)

// TestWrittenVariables: env files count whole, config files where a name says that it is a
// secret.
func TestWrittenVariables(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		".env":          {Data: []byte("A=1\nexport B=\"two words\" # note\n# C=3\n\nD = 4 # note\n")},
		"web/prod.env":  {Data: []byte("E='5'\n")},
		"compose.yaml":  {Data: []byte("services:\n  web:\n    environment:\n      - API_KEY=key\n      - PLAIN=shown\n      PASSWORD: \"word\"\n")},
		"deep/er/.env":  {Data: []byte("F=6\n")},
		"unrelated.txt": {Data: []byte("SECRET=7\n")},
	}
	got := map[string]string{}
	for _, v := range writtenVariables(files) {
		got[v.Name] = v.Value
	}
	want := map[string]string{"A": "1", "B": "two words", "D ": "4", "E": "5", "API_KEY": "key", "PASSWORD": "word"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestValueOf is the value of an assignment without quotes and notes.
func TestValueOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`"a b" # c`: "a b", "'x'": "x", " plain # note": "plain", "a#b": "a#b", "": "", `"`: ""} {
		if got := valueOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestKnownVariables are those of the process that look like secrets, and all of the project. Of
// these, what looks like a secret is masked.
func TestKnownVariables(t *testing.T) {
	t.Parallel()
	w := cmdtest.New(t, "-- compose.yaml --\nname: shop\nservices: {web: {image: web, environment: {API_KEY: s3cr3t-value, PLAIN: shown}}}\n")
	w.Env["MY_TOKEN"], w.Env["EDITOR"] = "of-the-process", "vi"
	w.Run(func(ctx context.Context, env *command.Env) error {
		s, err := session.Open(ctx, env.Env, session.Want{Project: session.Required})
		if err != nil {
			return err
		}
		defer s.Close()
		known := KnownVariables(env, fstest.MapFS{}, s.Project)
		for _, v := range []secret.Variable{{Name: "MY_TOKEN", Value: "of-the-process"}, {Name: "API_KEY", Value: "s3cr3t-value"}, {Name: "PLAIN", Value: "shown"}} {
			if !slices.Contains(known, v) {
				t.Errorf("%+v is not among %+v", v, known)
			}
		}
		if slices.Contains(known, secret.Variable{Name: "EDITOR", Value: "vi"}) {
			t.Error("a plain variable of the process is taken for a secret")
		}
		value := map[string]any{
			"text": "is shown, s3cr3t-value", "list": []any{"of-the-process", "DB_PASSWORD=pw", 7.0}, "PASSWORD": "pw", "EMPTY_KEY": "",
		}
		want := map[string]any{
			"text": "is shown, [masked]", "list": []any{"[masked]", "DB_PASSWORD=[masked]", 7.0}, "PASSWORD": "[masked]", "EMPTY_KEY": "",
		}
		if diff := cmp.Diff(any(want), Masked(Masker(env, fstest.MapFS{}, s.Project), "", value)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		return nil
	}).Fine(t)
}
