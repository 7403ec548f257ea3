//go:build e2e

package build

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// The tests of this file need an engine in DOCKER_HOST that can pull these.
const (
	pythonImage = "python:3.13-slim-bookworm"
	nodeImage   = "node:24-bookworm-slim"
)

// thisRun is how the names of this run's images begin: several runs may share an engine.
var thisRun = "devup-e2e-" + strings.ToLower(rand.Text()[:4]) + "-build"

func TestImagesAreBuiltSideBySideAndNamed(t *testing.T) {
	w := newWorld(t)
	// Each waits for the file of the other, in a cache mount that both have.
	meeting := "devup-" + strings.ReplaceAll(t.TempDir(), "/", "-")
	a, b := w.spec("one", nil), w.spec("two", nil)
	for s, names := range map[*Spec][2]string{&a: {"a", "b"}, &b: {"b", "a"}} {
		s.Inline = "FROM " + pythonImage + "\nRUN --mount=type=cache,target=/meet,id=" + meeting + " touch /meet/" + names[0] +
			" && for i in $(seq 100); do test -e /meet/" + names[1] + " && exit 0; sleep 0.1; done; exit 1\n"
	}
	a.Tags = []string{thisRun + "-tagged:x"}
	t.Cleanup(func() { w.remove(thisRun + "-tagged:x") })

	ids := w.run(w.options(), a, b)
	for _, s := range []Spec{a, b} {
		got, err := w.ImageInspect(t.Context(), s.Image)
		if err != nil {
			t.Fatal(err)
		}
		if got.ID != ids[s.Service] {
			t.Errorf("Run says the image of %s is %s, the engine %s", s.Service, ids[s.Service], got.ID)
		}
		if label := got.Config.Labels["com.docker.compose.service"]; label != s.Service {
			t.Errorf("the label com.docker.compose.service is %q, want %q", label, s.Service)
		}
	}
	if _, err := w.ImageInspect(t.Context(), thisRun+"-tagged:x"); err != nil {
		t.Errorf("the additional tag is missing: %v", err)
	}
}

func TestASecondBuildIsCachedAndHasTheSameID(t *testing.T) {
	w := newWorld(t)
	s := w.spec("cached", map[string]string{"Dockerfile": "FROM " + nodeImage + "\nCOPY a.txt /\nRUN cat /a.txt\n", "a.txt": t.TempDir()})
	first := w.run(w.options(), s)
	second := w.run(w.options(), s)
	if first["cached"] != second["cached"] {
		t.Errorf("the ID changed from %s to %s", first["cached"], second["cached"])
	}
	if got := w.states("RUN cat"); !slices.Equal(got, []event.State{event.Cached}) {
		t.Errorf("the state of the RUN step is %v, want cached", got)
	}
	var last event.Event
	for _, e := range w.events {
		if e.Kind == event.Image {
			last = e
		}
	}
	if last.State != event.Cached {
		t.Errorf("the image's last event is %v, want cached", last)
	}
}

// TestEgressReachesEveryRunAndStaysOutOfTheImage: every step has the CA bundle and the
// settings without credentials; steps that install packages have these too.
func TestEgressReachesEveryRunAndStaysOutOfTheImage(t *testing.T) {
	w := newWorld(t)
	passwords := "2" // of the two proxies
	if w.ClientVersion() < "1.48" {
		passwords = "0" // the builder knows secrets as files only
	}
	s := w.spec("egress", map[string]string{"Dockerfile": `FROM ` + pythonImage + ` AS base
USER nobody
RUN grep -q TOP.SECRET-CA "$PIP_CERT" && grep -q pypi.example "$PIP_CONFIG_FILE" && grep -q npm.example "$NPM_CONFIG_USERCONFIG" \
    # a comment in between
    && ! grep -rq "TOP.SECRET-[NP]" /run/secrets && ! env | grep -q TOP.SECRET && pip config list && echo "$http_proxy" | grep -q proxy.example
RUN grep -q TOP.SECRET-PIP "$PIP_CONFIG_FILE" && ! grep -q TOP.SECRET "$NPM_CONFIG_USERCONFIG" && test $(echo "$http_proxy$HTTP_PROXY" | grep -o TOP.SECRET-PROXY | wc -l) = ` + passwords + ` || exit 1; pip install --help
FROM base AS dev
USER root
RUN ["/bin/sh", "-c", "grep -q TOP.SECRET-CA $NODE_EXTRA_CA_CERTS && apt-config dump | grep -q $NODE_EXTRA_CA_CERTS"]
RUN env > /environment
ENV KEPT=1
`})
	o := w.options()
	o.Egress = agreed()
	ids := w.run(o, s)

	image, err := w.ImageInspect(t.Context(), ids["egress"])
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range image.Config.Env {
		if strings.Contains(variable, "devup") || strings.Contains(variable, "PROXY") {
			t.Errorf("the image's environment holds %s", variable)
		}
	}
	history, err := w.ImageHistory(t.Context(), ids["egress"])
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(history)
	if bytes.Contains(text, []byte("TOP-SECRET")) {
		t.Errorf("the history holds a secret: %s", text)
	}
	w.noSecretIn(ids["egress"])
	for _, e := range w.events {
		if strings.Contains(e.Name, "--mount") {
			t.Errorf("a step is shown with what devup added: %+v", e)
		}
	}
}

func TestAFailureNamesTheUsersLine(t *testing.T) {
	w := newWorld(t)
	good := w.spec("good", map[string]string{"Dockerfile": "FROM " + pythonImage + "\nRUN true\n"})
	bad := w.spec("bad", map[string]string{"Dockerfile": "# first\nFROM " + pythonImage + "\n\nRUN true\nRUN echo first; \\\n    echo No matching distribution found for nope; \\\n    exit 3 " + unique(t) + "\n"})
	typo := w.spec("typo", map[string]string{"Dockerfile": "FROM " + pythonImage + "\nRUN true\nRUNN true\n"})
	missing := w.spec("missing", map[string]string{"Dockerfile": "FROM " + pythonImage + "\nRUN true\nCOPY nowhere /\n"})
	o := w.options()
	o.Egress = company()
	ids, err := Run(t.Context(), w, []Spec{good, bad, typo, missing}, o)
	if ids["good"] == "" {
		t.Error("the good image was not built next to the bad ones")
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Fatalf("the error is %v, want three", err)
	}
	for i, want := range []struct {
		line    int
		message string
		hint    string
	}{
		{5, "ended with exit code 3: pip finds no such package", "check the name and version"},
		{3, "unknown instruction: RUNN", "correct the Dockerfile"},
		{3, "COPY nowhere /: /nowhere is not in the build context", "check the path"},
	} {
		e, ok := errors.AsType[*fail.Error](joined.Unwrap()[i])
		if !ok {
			t.Fatalf("%v is not for the user", joined.Unwrap()[i])
		}
		if e.Code != fail.BuildFailed || e.Line != want.line || e.File != "Dockerfile" || !strings.Contains(e.Message, want.message) || !strings.Contains(e.Hint, want.hint) {
			t.Errorf("got %v (%s)\n   message %s\n   hint %s\nwant line %d, %q, %q", e, e.Code, e.Message, e.Hint, want.line, want.message, want.hint)
		}
		if strings.Contains(e.Message, "devup-ca") {
			t.Errorf("the message shows what devup added: %s", e.Message)
		}
	}
	if e, ok := errors.AsType[*fail.Error](joined.Unwrap()[0]); !ok || !slices.Equal(e.Lines, []string{"first", "No matching distribution found for nope"}) {
		t.Errorf("the lines are %q", e.Lines)
	}
}

// TestACancelStopsABuild: the build would take an hour.
func TestACancelStopsABuild(t *testing.T) {
	w := newWorld(t)
	s := w.spec("slow", map[string]string{"Dockerfile": "FROM " + pythonImage + "\nRUN echo started && sleep 3600 " + unique(t) + "\n"})
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("the user pressed Ctrl-C")
	o := w.options()
	o.Sink = func(e event.Event) {
		if e.Text == "started" {
			cancel(stop)
		}
	}
	_, err := Run(ctx, w, []Spec{s}, o)
	if !errors.Is(err, stop) {
		t.Errorf("the error is %v, want the cause", err)
	}
}

func TestCacheMountsSecretsAndIgnoreFilesWork(t *testing.T) {
	w := newWorld(t)
	s := w.spec("uses", map[string]string{
		"docker/app.Dockerfile": "FROM " + nodeImage + "\nRUN --mount=type=secret,id=token grep -q TOP.SECRET /run/secrets/token\n" +
			"RUN --mount=type=cache,target=/cache date > /cache/x " + unique(t) + "\nRUN --mount=type=cache,target=/cache test -s /cache/x\n" +
			"ARG A\nCOPY . /ctx\nRUN test -e /ctx/kept && test ! -e /ctx/ignored && test \"$A\" = 1\n",
		"docker/app.Dockerfile.dockerignore": "ignored\n",
		"kept":                               "",
		"ignored":                            "",
	})
	s.Dockerfile = filepath.Join(s.Context, "docker", "app.Dockerfile")
	one := "1"
	s.Args = map[string]*string{"A": &one}
	s.Secrets = []Secret{{ID: "token", Value: "TOP-SECRET"}}
	ids := w.run(w.options(), s)
	history, err := w.ImageHistory(t.Context(), ids["uses"])
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(history); bytes.Contains(text, []byte("TOP-SECRET")) {
		t.Errorf("the history holds the secret: %s", text)
	}
}

func TestAnImageIsBuiltFromAnotherServicesImage(t *testing.T) {
	w := newWorld(t)
	if w.ClientVersion() < "1.42" {
		t.Skip("the builder of Docker 20.10 knows no additional contexts")
	}
	base := w.spec("base", map[string]string{"Dockerfile": "FROM " + nodeImage + "\nRUN echo from-base > /marker " + unique(t) + "\n"})
	s := w.spec("above", map[string]string{"Dockerfile": "FROM shared\nCOPY --from=extra hello /hello\nRUN grep from-base /marker && cat /hello\n", "other/hello": "hi"})
	s.Bases = map[string]Spec{"shared": base}
	s.Contexts = map[string]string{"extra": filepath.Join(s.Context, "other")}
	w.run(w.options(), s, base)

	base.Inline = "FROM " + nodeImage + "\nRUN exit 1 " + unique(t) + "\n"
	ids, err := Run(t.Context(), w, []Spec{s, base}, w.options())
	if len(ids) > 0 || fail.CodeOf(err) != fail.BuildFailed || strings.Contains(err.Error(), "above") {
		t.Errorf("after its base failed: %v, %v", ids, err)
	}
}

func TestTheClassicBuilderBuildsToo(t *testing.T) {
	w := newWorld(t)
	s := w.spec("classic", map[string]string{
		"Dockerfile":    "FROM " + pythonImage + " AS dev\nCOPY . /app\nRUN test ! -e /app/secret && cat /app/a.txt && echo $http_proxy\nFROM dev AS prod\nRUN exit 1\n",
		"a.txt":         t.TempDir(),
		"secret":        "",
		".dockerignore": "secret\nDockerfile\n",
	})
	s.Target = "dev"
	o := w.options()
	o.BuildKit, o.Egress = false, company()
	ids := w.run(o, s)
	if _, err := w.ImageInspect(t.Context(), ids["classic"]); err != nil {
		t.Errorf("the ID %q is not the engine's: %v", ids["classic"], err)
	}
	if !slices.ContainsFunc(w.events, func(e event.Event) bool { return e.Kind == event.Note && e.State == event.Warning }) {
		t.Error("nothing warns that the CA bundle is not handed on")
	}
	s.Target = "prod"
	_, err := Run(t.Context(), w, []Spec{s}, o)
	if fail.CodeOf(err) != fail.BuildFailed {
		t.Errorf("a RUN that fails gives %v", err)
	}
}
