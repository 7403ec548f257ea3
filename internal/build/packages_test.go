package build

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/event"
	"github.com/devup-cli/devup/internal/fail"
)

// packagesFiles is a project whose Dockerfile leaves open what dev begins with.
var packagesFiles = map[string]string{
	"Dockerfile": `ARG PACKAGES=deps
FROM node:24 AS base
ENV NODE_OPTIONS=--x
ARG UID=1000
RUN useradd app
WORKDIR /app

FROM base AS deps
COPY package.json package-lock.json .npmrc* ./
COPY prisma prisma
RUN --mount=type=cache,target=/root/.npm \
    npm ci \
 && mkdir -p node_modules && chown app:app . node_modules
RUN npx prisma generate && find . -type d \( -name .prisma -o -name @prisma \) -prune -exec chown -R app:app {} +

FROM ${PACKAGES} AS dev
ENV PORT=3000
COPY --chown=app:app . .
USER app
CMD ["npm", "start"]
`,
	"package.json": `{"name": "web"}`, "package-lock.json": `{}`, "prisma/schema.prisma": "model", "server.js": "", ".dockerignore": "**/node_modules\n",
}

// packagesSpec is the spec of the project with a change of its files: the first text is replaced by the second.
func packagesSpec(t *testing.T, replace ...string) Spec {
	t.Helper()
	dir := t.TempDir()
	for name, text := range packagesFiles {
		if name == "Dockerfile" {
			text = strings.NewReplacer(replace...).Replace(text)
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return Spec{Service: "web", Root: dir, Context: dir, Dockerfile: filepath.Join(dir, "Dockerfile"), Target: "dev"}
}

func TestReadPackages(t *testing.T) {
	t.Parallel()
	uid := "7"
	s := packagesSpec(t, "ARG PACKAGES=deps", "ARG PACKAGES=deps\nARG COLOR=red\nARG SIZE=1", "ARG UID=1000", "ARG UID=1000\nARG COLOR\nARG SIZE=2")
	s.Args = map[string]*string{"UID": &uid}
	p := ReadPackages(t.Context(), s)
	if p == nil {
		t.Fatal("it is not read")
	}
	if p.Base != "base" || p.Args["UID"] != "7" || p.Args["COLOR"] != "red" || p.Args["SIZE"] != "2" || !p.Sets["NODE_OPTIONS"] || p.Sets["PORT"] || *p.InVolume()["PACKAGES"] != "base" {
		t.Errorf("base %q, arguments %v, sets %v", p.Base, p.Args, p.Sets)
	}
	if len(p.Steps) != 2 || !slices.Equal(p.Steps[0].Caches, []Cache{{"/root/.npm", "/root/.npm", true}}) || !slices.Equal(p.Clients(), []string{"npm"}) {
		t.Errorf("steps %+v for %v", p.Steps, p.Clients())
	}
	again, locks := p.Again()
	if !strings.Contains(again[0].Command, "npm install") || strings.Contains(again[0].Command, "npm ci") || !slices.Equal(locks, []string{"/app/package-lock.json"}) {
		t.Errorf("again %q with %q", again[0].Command, locks)
	}
	if base := p.BaseSpec("web:base"); base.Target != "base" || base.Image != "web:base" {
		t.Errorf("the base is %+v", base)
	}
	var archive bytes.Buffer
	if err := p.Archive(&archive, []egress.File{{Target: "/run/secrets/ca", Content: []byte("ca")}}, locks, "/run/locks"); err != nil {
		t.Fatal(err)
	}
	const want = "app/package-lock.json={} app/package.json={\"name\": \"web\"} app/prisma/schema.prisma=model run/locks/app/package-lock.json={} run/secrets/ca=ca"
	if got := untar(t, &archive); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// untar is what an archive holds, sorted.
func untar(t *testing.T, archive io.Reader) string {
	t.Helper()
	var files []string
	for r := tar.NewReader(archive); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(files)
			return strings.Join(files, " ")
		}
		content, failed := io.ReadAll(r)
		if err := errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		files = append(files, head.Name+"="+string(content))
	}
}

// TestReadPackagesElsewhere is about what only a build can do.
func TestReadPackagesElsewhere(t *testing.T) {
	t.Parallel()
	for name, replace := range map[string][]string{
		"no argument":                        {"FROM ${PACKAGES}", "FROM deps"},
		"an argument that names an image":    {"PACKAGES=deps", "PACKAGES=node:24"},
		"a stage that begins with an image":  {"FROM base AS deps", "FROM node:24 AS deps\nWORKDIR /app"},
		"packages that a build needs":        {"ENV PORT=3000", "RUN npm run build"},
		"a file of the internet":             {"COPY prisma prisma", "ADD https://x.test/a a"},
		"a file of another stage":            {"COPY prisma prisma", "COPY --from=base /etc/os-release ."},
		"the source before the installation": {"COPY prisma prisma", "COPY . ."},
		"a copy after the installation":      {"RUN npx", "COPY server.js .\nRUN npx"},
		"a program for all":                  {"npm ci", "npm ci && npm install --global serve"},
		"a program for all, short":           {"npm ci", "npm i -g serve && npm ci"},
		"a package of the system":            {"npm ci", "apt-get install -y git && npm ci"},
		"a variable":                         {"npm ci", "npm ci --omit=$OMIT"},
		"a file outside":                     {"npm ci", "npm ci > /etc/log"},
		"nothing that installs":              {"npm ci", "true"},
		"exec form":                          {"RUN npx prisma generate && find . -type d \\( -name .prisma -o -name @prisma \\) -prune -exec chown -R app:app {} +", `RUN ["npm", "ci"]`},
		"a here-document":                    {"RUN npx", "RUN <<EOF\nnpm ci\nEOF\nRUN npx"},
		"another shell":                      {"WORKDIR /app", "WORKDIR /app\nSHELL [\"/bin/bash\", \"-c\"]"},
		"another user":                       {"WORKDIR /app", "WORKDIR /app\nUSER app"},
		"a directory that is not known":      {"WORKDIR /app", ""},
		"a secret":                           {"--mount=type=cache,target=/root/.npm", "--mount=type=secret,id=npmrc"},
		"no network":                         {"RUN --mount", "RUN --network=none --mount"},
		"a frontend of its own":              {"ARG PACKAGES", "# syntax=x.test/own\nARG PACKAGES"},
		"no Dockerfile":                      {"FROM", "FORM"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "a frontend of its own" {
				replace = []string{"ARG PACKAGES=deps\nFROM node", "# syntax=x.test/own\nARG PACKAGES=deps\nFROM node"}
			}
			if p := ReadPackages(t.Context(), packagesSpec(t, replace...)); p != nil {
				t.Errorf("it is read: %+v", p.Steps)
			}
		})
	}
	given := "deps"
	for name, change := range map[string]func(*Spec){
		"the argument is given": func(s *Spec) { s.Args = map[string]*string{"PACKAGES": &given} },
		"a remote context":      func(s *Spec) { s.Context = "https://x.test/a.git" },
		"a secret":              func(s *Spec) { s.Secrets = []Secret{{ID: "a"}} },
		"another target":        func(s *Spec) { s.Target = "deps" },
		"no such target":        func(s *Spec) { s.Target = "prod" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := packagesSpec(t)
			if change(&s); ReadPackages(t.Context(), s) != nil {
				t.Error("it is read")
			}
		})
	}
}

// TestPackagesKey is about what makes packages others, and what does not.
func TestPackagesKey(t *testing.T) {
	t.Parallel()
	key := func(change func(Spec)) string {
		s := packagesSpec(t)
		s.Args = map[string]*string{}
		change(s)
		p := ReadPackages(t.Context(), s)
		if p == nil {
			t.Fatal("it is not read")
		}
		return p.Key
	}
	write := func(name, text string) func(Spec) {
		return func(s Spec) {
			if err := os.WriteFile(filepath.Join(s.Context, name), []byte(text), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	before, uid := key(func(Spec) {}), "7"
	for name, change := range map[string]struct {
		of   func(Spec)
		same bool
	}{
		"the source":       {write("server.js", "x"), true},
		"the manifest":     {write("package.json", "{}"), false},
		"the lock file":    {write("package-lock.json", "x"), false},
		"settings of npm":  {write(".npmrc", "x"), false},
		"a build argument": {func(s Spec) { maps.Copy(s.Args, map[string]*string{"UID": &uid}) }, false},
	} {
		if got := key(change.of); got == before != change.same {
			t.Errorf("%s: the same is %v", name, got == before)
		}
	}
}

// TestPackagesRun is about an installation that fails: it is told as a build's would be.
func TestPackagesRun(t *testing.T) {
	t.Parallel()
	p := ReadPackages(t.Context(), packagesSpec(t))
	var told []string
	r := p.Run(p.Steps, func(e event.Event) { told = append(told, strings.TrimSpace(string(e.State)+" "+e.Text)) })
	for _, text := range []string{"before any step\n", "\x1e0\nnpm error code ETAR", "GET\nnpm error notarget No matching version found for left-pad@9.9.9.\n"} {
		_, _ = r.Write([]byte(text))
	}
	e, _ := errors.AsType[*fail.Error](r.Failure(1))
	if e == nil || e.Code != fail.BuildFailed || e.Line != 11 || len(e.Lines) != 2 ||
		!strings.HasPrefix(e.Message, "the image of web cannot be built: RUN --mount=type=cache,target=/root/.npm npm ci && mkdir -p node_modules && chown app:app . node_modules ended with exit code 1") {
		t.Errorf("got %+v", e)
	}
	if got, want := strings.Join(told, "; "), "working; working npm error code ETARGET; working npm error notarget No matching version found for left-pad@9.9.9.; failed"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestPackagesThatReachOut: a project whose own scripts run at an installation, or whose packages put
// something outside, has them in its image.
func TestPackagesThatReachOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, content string
		ok            bool
	}{
		"scripts of other times": {"package.json", `{"scripts": {"start": "node x", "prebuild": "x"}}`, true},
		"an own script":          {"package.json", `{"scripts": {"postinstall": "patch-package"}}`, false},
		"a hook of git":          {"package.json", `{"scripts": {"prepare": "husky"}}`, false},
		"a browser":              {"package.json", `{"dependencies": {"puppeteer": "24"}}`, false},
		"a browser in a lock":    {"package-lock.json", `{"packages": {"node_modules/cypress": {}}}`, false},
		"a name like it":         {"package.json", `{"dependencies": {"puppeteer-core": "24"}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := packagesSpec(t)
			if err := os.WriteFile(filepath.Join(spec.Context, test.file), []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := ReadPackages(t.Context(), spec) != nil; got != test.ok {
				t.Errorf("in a volume: %v", got)
			}
		})
	}
}

// TestForgedSteps: what a step prints cannot make another one begin.
func TestForgedSteps(t *testing.T) {
	t.Parallel()
	p := ReadPackages(t.Context(), packagesSpec(t))
	run := p.Run(p.Steps, event.Discard)
	for _, n := range []int{-1, 1, 0, 7, 0, 1, 2, 3} {
		_, _ = fmt.Fprintf(run, "\x1e%d\ntext", n)
	}
	if run.at != 1 {
		t.Errorf("the step is %d", run.at)
	}
}
