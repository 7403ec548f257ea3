package build

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/devup-cli/devup/internal/egress"
)

// small is a grant of one file, short enough to read in a table.
var small = egress.Grant{Env: map[string]string{"CA": "/run/s/ca", "PIP": "/run/s/ca"}, Files: []egress.File{{Name: "ca", Target: "/run/s/ca"}}}

// company is a machine with a CA, an index and a registry of its own, and a proxy, with a
// password or token for each.
func company() egress.Settings {
	return egress.Settings{
		CA: []byte("-----BEGIN CERTIFICATE-----\nTOP-SECRET-CA\n-----END CERTIFICATE-----\n"),
		Clients: []egress.Client{
			{Name: "pip", File: "devup-pip.conf", Target: "/run/secrets/devup-pip.conf", Variable: "PIP_CONFIG_FILE", Parts: []egress.Part{
				{Text: "[global]\nindex-url = "},
				{Text: "https://pypi.example/simple", Secret: "https://user:TOP-SECRET-PIP@pypi.example/simple", Credential: 1},
				{Text: "\n"},
			}},
			{Name: "npm", File: "devup-npmrc", Target: "/run/secrets/devup-npmrc", Variable: "NPM_CONFIG_USERCONFIG", Parts: []egress.Part{
				{Text: "registry=https://npm.example/\n"}, {Secret: "//npm.example/:_authToken=TOP-SECRET-NPM\n", Credential: 2},
			}},
		},
		Proxy: map[string]string{"HTTP_PROXY": "http://user:TOP-SECRET-PROXY@proxy.example:3128"},
		Credentials: []egress.Credential{
			{Client: "pip", Kind: "password", Registry: "pypi.example/simple", Sources: []string{"pip.conf"}, Configured: true},
			{Client: "npm", Kind: "token", Registry: "npm.example", Sources: []string{"~/.npmrc"}, Configured: true},
			{Client: egress.AnyClient, Kind: "password", Registry: "proxy.example:3128", Sources: []string{"HTTP_PROXY"}, Configured: true},
		},
	}
}

// agreed is that machine where all of it is allowed for builds.
func agreed() egress.Settings {
	uses := map[string]egress.Use{}
	for _, c := range company().Credentials {
		uses[c.ID()] = egress.Use{Builds: true}
	}
	return company().Allow(uses, "n0nce")
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	const mount = "--mount=type=secret,id=ca,target=/run/s/ca,mode=0444"
	const args = "ARG CA=/run/s/ca\nARG PIP=/run/s/ca\n"
	for name, test := range map[string]struct{ in, want string }{
		"shell form":             {"FROM a\nRUN b\n", "FROM a\n" + args + "RUN " + mount + " b\n"},
		"exec form":              {"FROM a\nRUN [\"b\"]\n", "FROM a\n" + args + "RUN " + mount + " [\"b\"]\n"},
		"no last line end":       {"FROM a", "FROM a\n" + args},
		"own mounts stay":        {"FROM a\nRUN --mount=type=cache,target=/c b\n", "FROM a\n" + args + "RUN " + mount + " --mount=type=cache,target=/c b\n"},
		"continued, comment":     {"FROM a\nRUN b && \\\n# no\n  c\n", "FROM a\n" + args + "RUN " + mount + " b && \\\n# no\n  c\n"},
		"nothing after the word": {"FROM a\nRUN \\\n  b\n", "FROM a\n" + args + "RUN " + mount + " \\\n  b\n"},
		"indented, lower case":   {"from a\n  run b\n", "from a\n" + strings.ToLower("ARG") + " CA=/run/s/ca\narg PIP=/run/s/ca\n  run " + mount + " b\n"},
		"every stage":            {"FROM a AS x\nRUN b\nFROM x\nRUN c\n", "FROM a AS x\n" + args + "RUN " + mount + " b\nFROM x\n" + args + "RUN " + mount + " c\n"},
		"heredoc":                {"FROM a\nRUN <<EOF\nRUN b\nFROM c\nEOF\nRUN d\n", "FROM a\n" + args + "RUN " + mount + " <<EOF\nRUN b\nFROM c\nEOF\nRUN " + mount + " d\n"},
		"file of a COPY":         {"FROM a\nCOPY <<E /x\nRUN b\nE\n", "FROM a\n" + args + "COPY <<E /x\nRUN b\nE\n"},
		"triggers stay":          {"FROM a\nONBUILD RUN b\n", "FROM a\n" + args + "ONBUILD RUN b\n"},
		"directives stay first":  {"# syntax=docker/dockerfile:1\n# escape=`\nARG V=1\nFROM a:$V\nRUN b `\n c\n", "# syntax=docker/dockerfile:1\n# escape=`\nARG V=1\nFROM a:$V\n" + args + "RUN " + mount + " b `\n c\n"},
		"FROM over two lines":    {"FROM a \\\n  AS b\nRUN c\n", "FROM a \\\n  AS b\n" + args + "RUN " + mount + " c\n"},
		"Windows line ends":      {"FROM a\r\nRUN b\r\n", "FROM a\r\n" + strings.ReplaceAll(args, "\n", "\r\n") + "RUN " + mount + " b\r\n"},
		"byte order mark":        {"\ufeffFROM a\nRUN b\n", "\ufeffFROM a\n" + args + "RUN " + mount + " b\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := rewrite([]byte(test.in), small, func(string) bool { return false })
			if !ok || string(got.text) != test.want {
				t.Errorf("ok %v, got\n%s\nwant\n%s", ok, got.text, test.want)
			}
			if lines := strings.Count(string(got.text), "\n"); len(got.lines) < lines {
				t.Errorf("%d lines are mapped, of %d", len(got.lines), lines)
			}
		})
	}
}

// TestRewriteOfInstallSteps: what holds a credential is mounted where packages are installed,
// and nowhere else.
func TestRewriteOfInstallSteps(t *testing.T) {
	t.Parallel()
	const npm, pip = "id=devup-npmrc-n0nce,target=/run/secrets/devup-npmrc,", "id=devup-pip.conf-n0nce,target=/run/secrets/devup-pip.conf,"
	const publicNPM, publicPip = "id=devup-npmrc,target=/run/secrets/devup-npmrc,", "id=devup-pip.conf,target=/run/secrets/devup-pip.conf,"
	const proxy, lower = "id=devup-HTTP-PROXY-n0nce,env=HTTP_PROXY", "id=devup-http-proxy-n0nce,env=http_proxy"
	for run, want := range map[string][]string{
		"RUN npm ci":                              {npm, publicPip, proxy, lower},
		"RUN cd a && \\\n  npm ci":                {npm, publicPip, proxy, lower},
		"RUN [\"npm\", \"ci\"]":                   {npm, publicPip, proxy, lower},
		"RUN --mount=type=cache,target=/c npm ci": {npm, publicPip, proxy, lower},
		"RUN <<EOF\nset -e\npip install x\nEOF":   {publicNPM, pip, proxy, lower},
		"RUN apt-get update":                      {publicNPM, publicPip, proxy, lower},
		"RUN npm run build":                       {publicNPM, publicPip},
		"RUN cat /run/secrets/*":                  {publicNPM, publicPip},
		"RUN echo npm ci":                         {publicNPM, publicPip},
	} {
		got, ok := rewrite([]byte("FROM a\n"+run+"\n"), agreed().Build(), func(string) bool { return false })
		if !ok {
			t.Errorf("%s cannot be extended", run)
		}
		for _, mount := range []string{npm, pip, publicNPM, publicPip, proxy, lower} {
			if has := strings.Contains(string(got.text), mount); has != slices.Contains(want, mount) {
				t.Errorf("%s has %s: %v\n%s", run, mount, has, got.text)
			}
		}
		if strings.Contains(string(got.text), "TOP-SECRET") {
			t.Errorf("the Dockerfile holds a secret:\n%s", got.text)
		}
		if plain := got.plain(string(got.text)); strings.Contains(plain, "devup-npmrc,target") || strings.Contains(plain, "n0nce") {
			t.Errorf("the user sees\n%s", plain)
		}
	}
}

func TestAForeignFrontendGetsNoCredential(t *testing.T) {
	t.Parallel()
	b := &buildKit{options: Options{Egress: agreed()}}
	for syntax, want := range map[string]bool{
		"": true, "# syntax=docker/dockerfile:1\n": true, "# syntax=docker.io/docker/dockerfile:1.7@sha256:" + strings.Repeat("a", 64) + "\n": true,
		"# syntax=evil/dockerfile:1\n": false, "# syntax=ghcr.io/docker/dockerfile\n": false, "#syntax = docker/dockerfile-evil\n": false,
	} {
		secret := false
		for _, file := range b.grant(Spec{}, definition{text: []byte(syntax + "FROM a\nRUN npm ci\n")}).All() {
			secret = secret || bytes.Contains(file.Content, []byte("TOP-SECRET-NPM"))
		}
		if secret != want {
			t.Errorf("%q gets the token: %v, want %v", syntax, secret, want)
		}
	}
	for argument, want := range map[string]bool{
		"docker/dockerfile:1": true, "docker/dockerfile:1 x": true, "evil/dockerfile:1": false, " evil/x docker/dockerfile": false, "": false,
	} {
		s := Spec{Args: map[string]*string{"BUILDKIT_SYNTAX": &argument}, Inline: "# syntax=docker/dockerfile:1\nFROM a\nRUN npm ci\n"}
		secret := false
		for _, file := range b.grant(s, definition{text: []byte(s.Inline)}).All() {
			secret = secret || bytes.Contains(file.Content, []byte("TOP-SECRET-NPM"))
		}
		if secret != want || slices.Contains(Installs([]Spec{s}), "npm") != want {
			t.Errorf("BUILDKIT_SYNTAX=%q gets the token: %v, want %v", argument, secret, want)
		}
	}
}

func TestInstalls(t *testing.T) {
	t.Parallel()
	specs := []Spec{
		{Inline: "FROM a\nRUN npm ci\nFROM b\nRUN pip install x\n"},
		{Inline: "FROM a\nRUN cat x\n"},
		{Inline: "FROM a\nRUN <<EOF\n"},
		{Inline: "# syntax=evil/x\nFROM a\nRUN cargo build\n"},
		{Context: t.TempDir(), Dockerfile: "missing"},
		{Context: "https://x.git", Dockerfile: "Dockerfile"},
	}
	if got := Installs(specs); !slices.Equal(got, []string{"npm", "pip"}) {
		t.Errorf("got %v", got)
	}
}

func TestRewriteLeavesAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in    string
		grant egress.Grant
		ok    bool
	}{
		"no egress":                      {"FROM a\nRUN b\n", egress.Grant{}, true},
		"what cannot be parsed":          {"FROM a\nRUN <<EOF\n", small, false},
		"a word split over lines":        {"FROM a\nRU\\\nN b\n", small, false},
		"a FROM that ends in the middle": {"FROM a \\", small, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := rewrite([]byte(test.in), test.grant, func(string) bool { return false })
			if ok != test.ok || string(got.text) != test.in {
				t.Errorf("ok %v, got\n%s\nwant\n%s", ok, got.text, test.in)
			}
		})
	}
}

func TestRewriteSkipsArgumentsThatTheUserGives(t *testing.T) {
	t.Parallel()
	got, _ := rewrite([]byte("FROM a\n"), small, func(name string) bool { return name == "PIP" })
	if want := "FROM a\nARG CA=/run/s/ca\n"; string(got.text) != want {
		t.Errorf("got\n%s\nwant\n%s", got.text, want)
	}
}

func TestLinesAreMappedBack(t *testing.T) {
	t.Parallel()
	got, _ := rewrite([]byte("FROM a\nRUN b \\\n c\nRUN d\n"), small, func(string) bool { return false })
	want := []int{1, 1, 1, 2, 3, 4}
	if !slices.Equal(got.lines, want) {
		t.Errorf("lines %v, want %v", got.lines, want)
	}
	if name := got.plain("RUN --mount=type=secret,id=ca,target=/run/s/ca,mode=0444 b"); name != "RUN b" {
		t.Errorf("the user sees %q", name)
	}
}

func TestWithoutSyntax(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		in, want string
		lines    []int
		ok       bool
	}{
		"first line":     {"# syntax=docker/dockerfile:1\nFROM a\n", "FROM a\n", []int{2}, true},
		"second line":    {"# escape=`\n#syntax = x/y\nFROM a\n", "# escape=`\nFROM a\n", []int{1, 3}, true},
		"none":           {"FROM a\n", "FROM a\n", []int{1}, false},
		"only a comment": {"# hello\n# syntax=x\nFROM a\n", "# hello\n# syntax=x\nFROM a\n", []int{1, 2, 3}, false},
		"further below":  {"FROM a\n# syntax=x\n", "FROM a\n# syntax=x\n", []int{1, 2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := asWritten([]byte(test.in)).withoutSyntax()
			if ok != test.ok || string(got.text) != test.want || !slices.Equal(got.lines, test.lines) {
				t.Errorf("ok %v lines %v\n%s\nwant %v %v\n%s", ok, got.lines, got.text, test.ok, test.lines, test.want)
			}
		})
	}
}

func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{
		"FROM a\nRUN b\n", "# escape=`\nFROM a `\n AS b\nRUN c `\n d", "FROM a\nRUN <<A <<-B\nx\nA\n\ty\n\tB\n", "FROM a\nRUN [\"x\"]\nONBUILD RUN y",
		"FROM a\r\nRUN b \\\r\n\r\n c\r\n", "\ufefffrom a\nrun --mount=type=cache,target=/x \\\n# c\n y", "#!/bin/x\n# syntax=y\nFROM a\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, ok := rewrite(text, small, func(string) bool { return false })
		if !ok && !bytes.Equal(got.text, text) {
			t.Errorf("refused, but changed\n%q\nto\n%q", text, got.text)
		}
		last := 0
		for _, line := range got.lines {
			if line < last || line > last+1 {
				t.Errorf("the lines are mapped to %v", got.lines)
			}
			last = line
		}
		if before, err := parser.Parse(bytes.NewReader(text)); err == nil && ok {
			after, err := parser.Parse(bytes.NewReader(got.text))
			if err != nil || len(after.AST.Children) < len(before.AST.Children) {
				t.Errorf("%q became %q: %v", text, got.text, err)
			}
		}
		got.withoutSyntax()
		findContextNeeds(Spec{}, text)
	})
}
