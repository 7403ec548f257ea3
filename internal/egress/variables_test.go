package egress

import (
	"maps"
	"strings"
	"testing"
)

// TestVariablesWithSeveralLogins: each address of a variable has its own credential, and consent
// for one hands out no other.
func TestVariablesWithSeveralLogins(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", nil, map[string]string{
		"GOPROXY":  "https://a:S3CRET-1@one.corp/go,https://b:S3CRET-2@two.corp/go|direct",
		"UV_INDEX": "one=https://a:S3CRET,3@one.corp/py\nhttps://b:S3CRET|4@two.corp/py  https://open.corp/py",
	}))
	const goPublic, uvPublic = "https://one.corp/go,https://two.corp/go|direct", "one=https://one.corp/py\nhttps://two.corp/py  https://open.corp/py"
	for name, test := range map[string]struct {
		allowed []string
		want    map[string]string // what the install steps have
	}{
		"none":       {nil, map[string]string{"GOPROXY": goPublic, "UV_INDEX": uvPublic}},
		"the first":  {[]string{"one.corp/go", "one.corp/py"}, map[string]string{"GOPROXY": "https://a:S3CRET-1@one.corp/go,https://two.corp/go|direct", "UV_INDEX": "one=https://a:S3CRET,3@one.corp/py\nhttps://two.corp/py  https://open.corp/py"}},
		"the second": {[]string{"two.corp/go", "two.corp/py"}, map[string]string{"GOPROXY": "https://one.corp/go,https://b:S3CRET-2@two.corp/go|direct", "UV_INDEX": "one=https://one.corp/py\nhttps://b:S3CRET|4@two.corp/py  https://open.corp/py"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := allow(s, Use{Builds: true}, test.allowed...).Build()
			if strings.Contains(description(g), "S3CRET") {
				t.Errorf("every step gets\n%s", description(g))
			}
			got := map[string]string{}
			maps.Copy(got, g.Env)
			for _, file := range g.Step([]string{"go", "pip"}) {
				got[file.Variable()] = string(file.Content)
			}
			if !maps.Equal(got, test.want) {
				t.Errorf("install steps get %q\nwant %q", got, test.want)
			}
			g = allow(s, Use{Containers: true}, test.allowed...).Container(nothingSet, nil, true)
			if !maps.Equal(g.Env, test.want) {
				t.Errorf("containers get %q\nwant %q", g.Env, test.want)
			}
		})
	}
}

// TestGoProxyWithoutScheme: Go takes an address without a scheme for one with https.
func TestGoProxyWithoutScheme(t *testing.T) {
	t.Parallel()
	s := read(computer("linux", nil, map[string]string{"GOPROXY": "ada:S3CRET@go.corp/x,direct", "GOSUMDB": "sum.corp+a+b== https://sum.corp"}))
	if got := s.Build().Env; got["GOPROXY"] != "go.corp/x,direct" || got["GOSUMDB"] != "sum.corp+a+b== https://sum.corp" {
		t.Errorf("without consent every step gets %q", got)
	}
	if got := description(consent(s).Build(), "go"); !strings.Contains(got, "ada:S3CRET@go.corp/x,direct") {
		t.Errorf("with consent a step gets %s", got)
	}
}
