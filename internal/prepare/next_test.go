package prepare_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/consent"
	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/prepare"
	"github.com/devup-cli/devup/internal/project"
)

// user is an asker who answers by a list, and keeps what was said and asked.
type user struct {
	away    bool
	answers []string
	asked   []string
	said    []string
	hidden  []string // the questions whose answers are hidden
	err     error    // of every question
}

func (u *user) CanAsk() bool { return !u.away }

func (u *user) Say(lines ...string) { u.said = append(u.said, lines...) }

func (u *user) Confirm(ctx context.Context, question string) (bool, error) {
	answer, err := u.Answer(ctx, question, false)
	return answer == "y", err
}

func (u *user) Answer(_ context.Context, question string, hidden bool) (string, error) {
	u.asked = append(u.asked, strings.TrimSpace(question))
	if hidden {
		u.hidden = append(u.hidden, question)
	}
	if u.err != nil || len(u.answers) == 0 {
		return "", u.err
	}
	answer := u.answers[0]
	u.answers = u.answers[1:]
	return answer, nil
}

// clone is a fresh clone of a project, and a user before it.
type clone struct {
	user
	dir   string
	p     *prepare.Preparer
	notes []string
}

func newClone(t *testing.T, archive string) *clone {
	t.Helper()
	c := &clone{dir: t.TempDir()}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		c.write(t, f.Name, string(f.Data))
	}
	at := checkout.At(c.dir, t.TempDir(), nil)
	c.p = &prepare.Preparer{
		Asker: &c.user, Note: func(text string) { c.notes = append(c.notes, text) },
		Checkout: func(string) *checkout.Checkout { return at }, Consents: consent.Memory{Dir: filepath.Join(t.TempDir(), "consent")},
	}
	return c
}

func (c *clone) write(t *testing.T, name, content string) {
	t.Helper()
	file := filepath.Join(c.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func (c *clone) read(name string) string {
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		return "none"
	}
	return string(text)
}

// load loads the project, with the answers that are kept.
func (c *clone) load(t *testing.T) (*project.Project, error) {
	t.Helper()
	return project.Load(t.Context(), project.Options{Dir: c.dir, Answers: func(root string) []byte { return c.p.Checkout(root).ReadAnswers(t.Context()) }})
}

// prepare takes steps until nothing is missing, as the package says, and gives how many.
func (c *clone) prepare(t *testing.T) (steps int, err error) {
	t.Helper()
	loaded, unloaded := c.load(t)
	for step := c.p.Next(loaded, unloaded); step != nil; step = c.p.Next(loaded, unloaded) {
		if steps++; steps > 20 {
			t.Fatal("no end of steps")
		}
		if err := step(t.Context()); err != nil {
			return steps, err
		}
		loaded, unloaded = c.load(t)
	}
	return steps, unloaded
}

// TestNothingMissing: a complete project needs no step.
func TestNothingMissing(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: web}}\n")
	if steps, err := c.prepare(t); steps != 0 || err != nil || len(c.asked) > 0 {
		t.Errorf("%d steps, %v, asked %q", steps, err, c.asked)
	}
}

// TestValues: required variables are asked for once, together, and kept where git does not
// see them.
func TestValues(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\", environment: {K: \"${API_KEY:?}\"}}}\n")
	c.answers = []string{"v7", "s3cret"}
	steps, err := c.prepare(t)
	if err != nil || steps != 1 {
		t.Fatalf("%d steps, %v", steps, err)
	}
	slices.Sort(c.asked)
	if len(c.asked) != 2 || !strings.Contains(c.asked[0], "API_KEY") || !strings.Contains(c.asked[1], "TAG (the tag)") {
		t.Errorf("asked %q", c.asked)
	}
	if len(c.hidden) != 1 || !strings.Contains(c.hidden[0], "API_KEY") {
		t.Errorf("hidden %q", c.hidden)
	}
	loaded, err := c.load(t)
	if err != nil || loaded.Services["web"].Image == "web:" {
		t.Errorf("%v, %v", loaded, err)
	}
	if said := strings.Join(c.said, "\n"); !strings.Contains(said, "2 values are needed") || !strings.Contains(said, "does not ask again") {
		t.Errorf("said %q", said)
	}
}

// TestValuesAnswers: an empty answer is asked for once more; what is left empty is the
// error, and the others are kept.
func TestValuesAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		answers []string
		asked   int
		code    fail.Code // empty for none
	}{
		{"an answer", []string{"v7"}, 1, ""},
		{"the second time", []string{"", "v7"}, 2, ""},
		{"none", []string{"", ""}, 2, fail.Config},
	} {
		c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\"}}\n")
		c.answers = test.answers
		_, err := c.prepare(t)
		if (err == nil) != (test.code == "") || err != nil && fail.CodeOf(err) != test.code || len(c.asked) != test.asked {
			t.Errorf("%s: asked %q, %v", test.name, c.asked, err)
		}
	}
}

// TestInterrupted: an error of asking ends the preparation, and keeps nothing.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\"}}\n")
	c.err = context.Canceled
	if _, err := c.prepare(t); !errors.Is(err, context.Canceled) || len(c.asked) != 1 {
		t.Errorf("asked %q, %v", c.asked, err)
	}
	if len(c.p.Checkout(c.dir).ReadAnswers(t.Context())) > 0 {
		t.Error("something is kept")
	}
}

// TestNotAsked: --yes and the lack of a terminal say that values are not asked for.
func TestNotAsked(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*clone){"--yes": func(c *clone) { c.p.Yes = true }, "no terminal": func(c *clone) { c.away = true }} {
		c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\"}}\n")
		set(c)
		if steps, err := c.prepare(t); steps != 0 || fail.CodeOf(err) != fail.Config || len(c.asked) > 0 {
			t.Errorf("%s: %d steps, asked %q, %v", name, steps, c.asked, err)
		}
	}
}

// TestOrder: copies come first, then values, so that what a copy brings is not asked for;
// nothing is offered twice.
func TestOrder(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\", env_file: [web.env]}}\n-- .env.example --\nTAG=v1\nOTHER=\n-- web.env.example --\nA=1\n-- .git/HEAD --\nx\n")
	c.answers = []string{"y", "filled", "y"}
	steps, err := c.prepare(t)
	if err != nil {
		t.Fatalf("%d steps, %v; asked %q, said %q", steps, err, c.asked, c.said)
	}
	if len(c.asked) != 3 || c.asked[0] != "copy .env.example to .env?" || !strings.Contains(c.asked[1], "OTHER") || c.asked[2] != "copy web.env.example to web.env?" {
		t.Errorf("asked %q", c.asked)
	}
	if !strings.Contains(c.read(".env"), "TAG=v1") || !strings.Contains(c.read(".env"), "OTHER=filled") || !strings.Contains(c.read("web.env"), "A=1") {
		t.Errorf(".env %q, web.env %q", c.read(".env"), c.read("web.env"))
	}
	if !slices.ContainsFunc(c.notes, func(n string) bool { return strings.Contains(n, ".env is not ignored by git") }) {
		t.Errorf("notes %q", c.notes)
	}
}

// TestDeclinedCopies: what was declined is not offered again in the run; the user may then
// go on without it, or not.
func TestDeclinedCopies(t *testing.T) {
	t.Parallel()
	const files = "-- compose.yaml --\nservices: {web: {image: web, env_file: [{path: web.env, required: false}, other.env]}}\n-- other.env.example --\nA=1\n"
	for answers, code := range map[string]fail.Code{"n y": "", "n n": fail.Config} {
		c := newClone(t, files)
		c.answers = strings.Fields(answers)
		_, err := c.prepare(t)
		if err == nil && code != "" || err != nil && fail.CodeOf(err) != code {
			t.Errorf("%s: %v", answers, err)
		}
		if len(c.asked) != 2 || c.asked[0] != "copy other.env.example to other.env?" || !strings.Contains(c.asked[1], "go on without it?") {
			t.Errorf("%s: asked %q", answers, c.asked)
		}
		if c.read("other.env") != "none" {
			t.Errorf("%s: copied", answers)
		}
		if err != nil && !strings.Contains(err.Error(), "other.env") {
			t.Errorf("error %v", err)
		}
	}
}

// TestYesCopies: --yes agrees to copies, without a terminal too, and fills in nothing.
func TestYesCopies(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: web, env_file: [web.env]}}\n-- web.env.example --\nA=1\nB=\n")
	c.away, c.p.Yes = true, true
	c.p.Asker = yes{&c.user}
	if steps, err := c.prepare(t); err != nil || steps != 1 || c.read("web.env") != "A=1\nB=\n" {
		t.Errorf("%d steps, %v, web.env %q", steps, err, c.read("web.env"))
	}
}

// yes is an asker under --yes.
type yes struct{ *user }

func (yes) Confirm(context.Context, string) (bool, error) { return true, nil }

// TestSetupCopies are made without a question, also where no one can be asked, and only
// where the target does not exist.
func TestSetupCopies(t *testing.T) {
	t.Parallel()
	c := newClone(t, setupCopy)
	c.away = true
	if steps, err := c.prepare(t); err != nil || steps != 1 || c.read("app.yaml") != "port: 1\n" || len(c.asked) > 0 {
		t.Errorf("%d steps, %v, %q, asked %q", steps, err, c.read("app.yaml"), c.asked)
	}
	if len(c.notes) != 1 || !strings.Contains(c.notes[0], "app.example.yaml to app.yaml") {
		t.Errorf("notes %q", c.notes)
	}
	c = newClone(t, setupCopy+"-- app.yaml --\nmine\n")
	if steps, err := c.prepare(t); err != nil || steps != 0 || c.read("app.yaml") != "mine\n" {
		t.Errorf("%d steps, %v, %q", steps, err, c.read("app.yaml"))
	}
	c = newClone(t, strings.ReplaceAll(setupCopy, "-- app.example.yaml --", "-- another.yaml --"))
	if _, err := c.prepare(t); fail.CodeOf(err) != fail.Config || !strings.Contains(err.Error(), "app.example.yaml") {
		t.Errorf("without its example: %v", err)
	}
}

const setupCopy = `
-- compose.yaml --
services: {web: {image: web}}
x-devup: {setup: {copy: {app.example.yaml: app.yaml}}}
-- app.example.yaml --
port: 1
`

// TestChoose: a number or a name chooses a file, and nothing else does.
func TestChoose(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{"1": "a.yaml", "2": "b.yaml", "b.yaml": "b.yaml", "": "", "0": "", "3": "", "c.yaml": ""} {
		u := &user{answers: []string{answer}}
		got, err := prepare.Choose(t.Context(), u, []string{"a.yaml", "b.yaml"})
		if got != want || err != nil {
			t.Errorf("%q: %q, %v", answer, got, err)
		}
		if hinted := strings.Contains(strings.Join(u.said, "\n"), "-f "+want); hinted != (want != "") {
			t.Errorf("%q: said %q", answer, u.said)
		}
	}
	if _, err := prepare.Choose(t.Context(), &user{err: context.Canceled}, []string{"a.yaml"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// npm is a machine with a token for a registry.
func npm(t *testing.T) egress.Settings {
	t.Helper()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".npmrc"), []byte("registry=https://npm.corp/\n//npm.corp/:_authToken=SECRET\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return egress.Read(func(string) (string, bool) { return "", false }, home, "linux")
}

const installs = "-- compose.yaml --\nservices: {web: {build: .}}\n-- Dockerfile --\nFROM node\nCOPY package.json .\nRUN npm ci\n-- package.json --\n{}\n"

// TestConsent: a credential is asked for once, the answer is kept for the checkout, and a
// setting goes before it.
func TestConsent(t *testing.T) {
	t.Parallel()
	outside := npm(t)
	for _, agree := range []bool{true, false} {
		c := newClone(t, installs)
		loaded, err := c.load(t)
		if err != nil {
			t.Fatal(err)
		}
		requests := c.p.Requests(t.Context(), loaded, outside, "ask")
		if len(requests) != 1 || requests[0].Allowed || requests[0].Reason != "" || !strings.Contains(requests[0].Outcome(), "until you agree") {
			t.Fatalf("requests %+v", requests)
		}
		if _, withheld := prepare.Allow(requests, outside, c.p.Consents); len(withheld) != 1 || !strings.Contains(withheld[0], "npm.corp") {
			t.Errorf("withheld %q", withheld)
		}
		c.answers = []string{map[bool]string{true: "y", false: "n"}[agree]}
		if err := c.p.NextConsent(loaded, requests)(t.Context()); err != nil || len(c.asked) != 1 || !strings.Contains(c.asked[0], "npm.corp") {
			t.Errorf("asked %q, %v", c.asked, err)
		}
		for range 2 { // by the run, and by the next command
			again := c.p.Requests(t.Context(), loaded, outside, "ask")
			if again[0].Allowed != agree || again[0].Reason == "" || c.p.NextConsent(loaded, again) != nil {
				t.Errorf("agreed %v: %+v", agree, again)
			}
			if _, withheld := prepare.Allow(again, outside, c.p.Consents); len(withheld) > 0 {
				t.Errorf("withheld %q after an answer", withheld)
			}
			next := newClone(t, installs)
			next.p.Checkout, next.p.Consents = c.p.Checkout, c.p.Consents
			c.p = next.p
		}
		for setting, allowed := range map[string]bool{"always": true, "never": false} {
			if r := c.p.Requests(t.Context(), loaded, outside, setting)[0]; r.Allowed != allowed || !strings.Contains(r.Outcome(), "credentials: "+setting) {
				t.Errorf("%s: %+v", setting, r)
			}
		}
	}
}

// TestConsentNotAsked: --yes answers no question about credentials.
func TestConsentNotAsked(t *testing.T) {
	t.Parallel()
	c := newClone(t, installs)
	loaded, err := c.load(t)
	if err != nil {
		t.Fatal(err)
	}
	requests := c.p.Requests(t.Context(), loaded, npm(t), "ask")
	c.p.Yes = true
	if c.p.NextConsent(loaded, requests) != nil {
		t.Error("--yes asks")
	}
	c.p.Yes, c.away = false, true
	if c.p.NextConsent(loaded, requests) != nil {
		t.Error("asks nobody")
	}
	c.away, c.err = false, context.Canceled
	if err := c.p.NextConsent(loaded, requests)(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if requests := c.p.Requests(t.Context(), loaded, egress.Settings{}, "ask"); requests != nil {
		t.Errorf("without credentials: %v", requests)
	}
}

// TestRememberFails: an answer that cannot be kept counts for the run, and the user is told.
func TestRememberFails(t *testing.T) {
	t.Parallel()
	c := newClone(t, installs)
	loaded, err := c.load(t)
	if err != nil {
		t.Fatal(err)
	}
	c.write(t, "file", "")
	c.p.Consents = consent.Memory{Dir: filepath.Join(c.dir, "file", "consent")} // below a file
	outside := npm(t)
	c.answers = []string{"y"}
	if err := c.p.NextConsent(loaded, c.p.Requests(t.Context(), loaded, outside, "ask"))(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.notes) != 1 || !strings.Contains(c.notes[0], "cannot be kept") {
		t.Errorf("notes %q", c.notes)
	}
	if r := c.p.Requests(t.Context(), loaded, outside, "ask")[0]; !r.Allowed {
		t.Errorf("is not allowed in the run: %+v", r)
	}
}

// TestValuesFromShell: a variable that the shell sets to nothing is not asked for: no
// answer would help.
func TestValuesFromShell(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\"}}\n")
	loaded, err := project.Load(t.Context(), project.Options{Dir: c.dir, Env: map[string]string{"TAG": ""}})
	if fail.CodeOf(err) != fail.Config {
		t.Fatal(err)
	}
	if c.p.Next(loaded, err) != nil {
		t.Error("asks for what the shell says")
	}
}

// TestUnkept: where answers cannot be kept, the user is told before typing anything.
func TestUnkept(t *testing.T) {
	t.Parallel()
	c := newClone(t, "-- compose.yaml --\nservices: {web: {image: \"web:${TAG:?the tag}\"}}\n-- .git/HEAD --\nx\n")
	if err := os.Symlink(t.TempDir(), filepath.Join(c.dir, ".devup")); err != nil {
		t.Skip(err)
	}
	c.answers = []string{"v7"}
	_, err := c.prepare(t)
	if fail.CodeOf(err) != fail.Denied || len(c.asked) > 0 {
		t.Errorf("asked %q, %v", c.asked, err)
	}
	if diff := cmp.Diff([]string(nil), c.hidden); diff != "" {
		t.Error(diff)
	}
}
