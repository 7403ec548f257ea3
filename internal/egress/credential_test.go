package egress

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// planted are the secrets of a user with several registries, an index and a proxy.
func planted() machine {
	return computer("linux", map[string]string{
		"/home/ada/.npmrc": "registry=https://npm.corp/team/\n@scope:registry=https://scope.corp/\n" +
			"//npm.corp/team/:_authToken=S3CRET-configured\n//scope.corp/:username=ada\n//scope.corp/:_password=S3CRET-scope\n//scope.corp/:email=ada@corp\n" +
			"//registry.npmjs.org/:_authToken=S3CRET-publish\n//other.corp/npm/:_authToken=S3CRET-other\n//other.corp/npm/:email=grace@corp\nstrict-ssl=false\n",
		"/home/ada/.config/pip/pip.conf": "[global]\nindex-url = https://ada:S3CRET-pip@pypi.corp/simple\ntimeout = 9\n",
		"/home/ada/.docker/config.json":  `{"proxies":{"default":{"httpProxy":"http://ada:S3CRET-docker@proxy.corp:3128"}}}`,
	}, map[string]string{
		"HTTPS_PROXY":         "http://ada:S3CRET-proxy@proxy.corp:3128",
		"PIP_EXTRA_INDEX_URL": "https://open.corp/simple https://S3CRET-extra@extra.corp/simple",
	})
}

// description is all that a grant hands to one step.
func description(g Grant, clients ...string) string {
	var b strings.Builder
	for _, file := range g.Step(clients) {
		fmt.Fprintf(&b, "%s%s %o:\n%s\n", file.Target, file.Variable(), file.Mode, file.Content)
	}
	return b.String() + fmt.Sprint(g.Env, g.Proxy)
}

func nothingSet(string) bool { return false }

func TestCredentialsAreNamed(t *testing.T) {
	t.Parallel()
	s := read(planted())
	var got []string
	for _, c := range s.Credentials {
		got = append(got, fmt.Sprintf("%s (%s, configured: %v)", c.Description(), c.Client, c.Configured))
	}
	want := []string{
		"PIP_EXTRA_INDEX_URL holds a password for extra.corp/simple (pip, configured: true)",
		"~/.config/pip/pip.conf holds a password for pypi.corp/simple (pip, configured: true)",
		"~/.npmrc holds a token for npm.corp/team (npm, configured: true)",
		"~/.npmrc holds a password for scope.corp (npm, configured: true)",
		"~/.npmrc holds a token for registry.npmjs.org (npm, configured: false)",
		"~/.npmrc holds a token for other.corp/npm (npm, configured: false)",
		"Docker's config.json and HTTPS_PROXY hold a password for the proxy proxy.corp:3128 (proxy, configured: true)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if strings.Contains(fmt.Sprintf("%+v", s.Credentials), "S3CRET") {
		t.Error("a credential holds its value")
	}
}

func TestWithoutConsentNothingIsHandedOut(t *testing.T) {
	t.Parallel()
	s := read(planted())
	for where, text := range map[string]string{
		"an install step":       description(s.Build(), "npm", "pip", "system"),
		"a container":           description(s.Container(nothingSet, nil, false)),
		"a container that asks": description(s.Container(nothingSet, nil, true)),
		"an image":              description(s.Image(nothingSet, nil, true)),
		"a builder that gives all steps the same": fmt.Sprint(s.BuildProxy()),
		"what all steps may mount":                fmt.Sprintf("%s", s.Build().All()),
	} {
		if strings.Contains(text, "S3CRET") || strings.Contains(text, "ada@corp") {
			t.Errorf("%s gets\n%s", where, text)
		}
	}
	public := description(s.Build(), "npm", "pip")
	for _, want := range []string{
		"registry=https://npm.corp/team/\n@scope:registry=https://scope.corp/\nstrict-ssl=false\n",
		"[global]\nextra-index-url = https://open.corp/simple\n    https://extra.corp/simple\nindex-url = https://pypi.corp/simple\ntimeout = 9\n",
		"HTTPS_PROXY:http://proxy.corp:3128", "https_proxy:http://proxy.corp:3128",
	} {
		if !strings.Contains(public, want) {
			t.Errorf("%q is missing in\n%s", want, public)
		}
	}
}

// TestWanted: the token of a registry that is neither configured nor named by the project is
// never wanted.
func TestWanted(t *testing.T) {
	t.Parallel()
	s := read(planted())
	dir := func(files ...string) []fs.FS {
		all := fstest.MapFS{}
		for i := 0; i < len(files); i += 2 {
			all[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
		}
		return []fs.FS{all}
	}
	const proxy, npm, scope, pip = "proxy.corp:3128", "npm.corp/team", "scope.corp", "extra.corp/simple, pypi.corp/simple"
	for name, test := range map[string]struct {
		demand Demand
		want   string
	}{
		"nothing installs":                    {Demand{Dirs: dir(".npmrc", "registry=https://other.corp/npm/")}, ""},
		"npm":                                 {Demand{Clients: []string{"npm"}}, npm + ", " + scope + ", " + proxy},
		"pip":                                 {Demand{Clients: []string{"pip"}}, pip + ", " + proxy},
		"packages of the system":              {Demand{Clients: []string{"system"}}, proxy},
		"a container":                         {Demand{Services: []string{"web"}}, pip + ", " + npm + ", " + scope + ", " + proxy},
		"the project names another registry":  {Demand{Clients: []string{"npm"}, Dirs: dir(".npmrc", "@x:registry=https://other.corp/npm")}, npm + ", " + scope + ", other.corp/npm, " + proxy},
		"a lock file names another registry":  {Demand{Clients: []string{"npm"}, Dirs: dir("package-lock.json", `{"resolved": "https://other.corp/npm/x/-/x-1.tgz"}`)}, npm + ", " + scope + ", other.corp/npm, " + proxy},
		"a lock file names a neighbour of it": {Demand{Clients: []string{"npm"}, Dirs: dir("package-lock.json", `{"resolved": "https://other.corp/npm2/x/-/x-1.tgz"}`)}, npm + ", " + scope + ", " + proxy},
		"a lock file names the public one":    {Demand{Clients: []string{"npm"}, Dirs: dir("package-lock.json", `{"resolved": "https://registry.npmjs.org/x/-/x-1.tgz"}`)}, npm + ", " + scope + ", " + proxy},
		"the project publishes there":         {Demand{Clients: []string{"npm"}, Dirs: dir("package.json", `{"publishConfig": {"registry": "https://registry.npmjs.org/"}}`)}, npm + ", " + scope + ", " + proxy},
		"the project chooses the public one":  {Demand{Clients: []string{"npm"}, Dirs: dir(".npmrc", "registry=https://registry.npmjs.org/")}, npm + ", " + scope + ", registry.npmjs.org, " + proxy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wanted, _ := s.Wanted(test.demand)
			var got []string
			for _, c := range wanted {
				got = append(got, c.Registry)
			}
			if text := strings.Join(got, ", "); text != test.want {
				t.Errorf("wanted are %q, want %q", text, test.want)
			}
		})
	}
}

// allow allows the credentials of the registries.
func allow(s Settings, use Use, registries ...string) Settings {
	uses := map[string]Use{}
	for _, c := range s.Credentials {
		if slices.Contains(registries, c.Registry) {
			uses[c.ID()] = use
		}
	}
	return s.Allow(uses, "n0nce")
}

func TestInstallStepsGetWhatIsAllowed(t *testing.T) {
	t.Parallel()
	s := allow(read(planted()), Use{Builds: true}, "npm.corp/team", "pypi.corp/simple", "proxy.corp:3128")
	g := s.Build()
	for _, test := range []struct {
		clients []string
		secrets []string
	}{
		{nil, nil},
		{[]string{"npm"}, []string{"configured", "proxy", "docker"}},
		{[]string{"pip"}, []string{"pip", "proxy", "docker"}},
		{[]string{"system"}, []string{"proxy", "docker"}},
	} {
		text := description(g, test.clients...)
		for _, secret := range []string{"configured", "scope", "publish", "other", "pip", "extra", "docker", "proxy"} {
			if got, want := strings.Contains(text, "S3CRET-"+secret), slices.Contains(test.secrets, secret); got != want {
				t.Errorf("a step for %v has the secret %s: %v, want %v\n%s", test.clients, secret, got, want, text)
			}
		}
		if n := strings.Count(text, npmPath+" 444:") + strings.Count(text, npmPath+" 600:"); n != 1 {
			t.Errorf("a step for %v has %d files at %s", test.clients, n, npmPath)
		}
	}
	for _, file := range g.All() {
		if strings.Contains(string(file.Content), "S3CRET") && !strings.HasSuffix(file.Name, "n0nce") {
			t.Errorf("a Dockerfile can guess the name of the secret %s", file.Name)
		}
	}
	if text := description(g.WithoutVariables(), "npm"); strings.Contains(text, "S3CRET-proxy") || !strings.Contains(text, "S3CRET-configured") {
		t.Errorf("without variables a step has\n%s", text)
	}
	for _, text := range []string{description(s.Container(nothingSet, nil, true)), fmt.Sprint(g.Env, g.Proxy)} {
		if strings.Contains(text, "S3CRET") {
			t.Errorf("what is allowed for builds is also in\n%s", text)
		}
	}
}

func TestContainersThatAskGetWhatIsAllowed(t *testing.T) {
	t.Parallel()
	s := allow(read(planted()), Use{Containers: true}, "scope.corp", "proxy.corp:3128")
	if text := description(s.Container(nothingSet, nil, false)) + description(s.Image(nothingSet, nil, false)) + description(s.Build(), "npm"); strings.Contains(text, "S3CRET") {
		t.Errorf("not asked for, yet handed out:\n%s", text)
	}
	text := description(s.Container(nothingSet, nil, true))
	for secret, want := range map[string]bool{"scope": true, "proxy": true, "configured": false, "pip": false, "publish": false} {
		if got := strings.Contains(text, "S3CRET-"+secret); got != want {
			t.Errorf("the container has the secret %s: %v, want %v\n%s", secret, got, want, text)
		}
	}
	if !strings.Contains(text, npmPath+" 600:") || !strings.Contains(text, pipPath+" 444:") {
		t.Errorf("the modes are wrong:\n%s", text)
	}
	if text := description(s.Image(nothingSet, nil, true)); !strings.Contains(text, "S3CRET-docker") || strings.Contains(text, "S3CRET-proxy") {
		t.Errorf("an image that asks gets %s", text)
	}
}

func TestALoginWithoutARegistry(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"_authToken=S3CRET\n": "registry.npmjs.org false",
		"registry=https://npm.corp/\n_auth=S3CRET\nemail=ada@corp\n": "npm.corp true",
		"_password=S3CRET\nregistry=https://u:S3CRET@npm.corp/\n":    "npm.corp true",
		"@s:registry=https://x.corp/\n_authToken=S3CRET\n":           "registry.npmjs.org false",
	} {
		s := read(computer("linux", map[string]string{"/home/ada/.npmrc": text}, nil))
		if len(s.Credentials) != 1 {
			t.Errorf("%q gives the credentials %v", text, s.Credentials)
			continue
		}
		if got := fmt.Sprint(s.Credentials[0].Registry, " ", s.Credentials[0].Configured); got != want {
			t.Errorf("%q is for %s, want %s", text, got, want)
		}
		if text := description(s.Build(), "npm"); strings.Contains(text, "S3CRET") || strings.Contains(text, "ada@") {
			t.Errorf("%q is handed out: %s", text, text)
		}
	}
}

func TestWithoutUser(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://a:b@h/p":             "https://h/p",
		"https://token@h:8080/p":      "https://h:8080/p",
		"a:b@h:3128":                  "h:3128",
		"https://a:p@ss@h/p":          "https://h/p",
		"https://a:pa/ss@h/p":         "https://h/p",
		"https://a:pa#ss@h/p":         "https://h/p",
		"https://a:%zz@h/p":           "https://h/p",
		"https://h/@scope/p":          "",
		"https://h:8080/@scope":       "",
		"http://proxy.corp:3128":      "",
		"https://[::1]:80/x@y":        "",
		"https://registry.npmjs.org/": "",
		"":                            "",
	} {
		public, secret := withoutUser(address)
		if want == "" {
			want = address
		}
		if public != want || secret != (public != address) {
			t.Errorf("%q without its user is %q (%v), want %q", address, public, secret, want)
		}
	}
}

func TestNamedBy(t *testing.T) {
	t.Parallel()
	for file, test := range map[string]struct{ text, want string }{
		".npmrc":                {"registry=https://u:p@a.corp/npm/\n@s:registry = https://b.corp\n//c.corp/:_authToken=x\nproxy=http://p.corp:1\n", "a.corp/npm b.corp"},
		".yarnrc":               {"registry \"https://a.corp/\"\n\"@s:registry\" \"https://b.corp/\"\n", "a.corp b.corp"},
		".yarnrc.yml":           {"npmScopes:\n  s:\n    npmRegistryServer: \"https://a.corp\"\n", "a.corp"},
		"package.json":          {`{"homepage": "https://h.corp", "publishConfig": {"registry": "https://a.corp/", "access": "public"}}`, "a.corp"},
		"package-lock.json":     {`{"x": {"resolved": "https://a.corp/x.tgz", "funding": {"url": "https://f.corp"}}}`, "a.corp/x.tgz"},
		"yarn.lock":             {"x@1:\n  resolved \"https://a.corp/x.tgz#abc\"\n", "a.corp/x.tgz"},
		"pnpm-lock.yaml":        {"  resolution: {integrity: x, tarball: https://a.corp/x.tgz}\n", "a.corp/x.tgz"},
		"requirements.txt":      {"--index-url https://u:p@a.corp/simple\n--extra-index-url=https://b.corp/simple\nflask\n", "a.corp/simple b.corp/simple"},
		"requirements/base.txt": {"-i https://a.corp/simple\n", "a.corp/simple"},
		"pyproject.toml": {
			"[project]\nname = \"x\"\n[project.urls]\nHomepage = \"https://h.corp\"\n[tool.poetry]\nrepository = \"https://r.corp\"\n[[tool.uv.index]]\nurl = \"https://a.corp/simple\"\n" +
				"[tool.uv]\nextra-index-url = [\n  \"https://b.corp/simple\",\n]\n[build-system]\nx = \"https://no.corp\"\n", "a.corp/simple b.corp/simple",
		},
		"Pipfile":      {"[[source]]\nurl = \"https://a.corp/simple\"\n", "a.corp/simple"},
		"Pipfile.lock": {`{"_meta": {"sources": [{"name": "a", "url": "https://a.corp/simple"}, {"url": "https://pypi.org/simple"}]}}`, "a.corp/simple"},
		"uv.lock":      {"source = { registry = \"https://a.corp/simple\" }\nsdist = { url = \"https://files.pythonhosted.org/x.tar.gz\" }\n", "a.corp/simple"},
		"poetry.lock":  {"[package.source]\ntype = \"legacy\"\nurl = \"https://a.corp/simple\"\n", "a.corp/simple"},
		"README.md":    {"https://a.corp", ""},
	} {
		got := strings.Join(namedBy(fstest.MapFS{file: &fstest.MapFile{Data: []byte(test.text)}}), " ")
		if got != test.want {
			t.Errorf("%s names %q, want %q", file, got, test.want)
		}
	}
}

func FuzzNamedBy(f *testing.F) {
	f.Add("registry=https://u:p@a.corp/\n[tool.x]\nurl = \"https://b/\"\n")
	f.Add(`{"publishConfig": {"registry": "https://a"}, "resolved": "https://x@y@z/"}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range registryFiles {
			for _, address := range kind.find([]byte(text)) {
				covers("a.corp", address)
			}
		}
	})
}
