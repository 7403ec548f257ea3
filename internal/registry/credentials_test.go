package registry

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/devup-cli/devup/internal/dockerconfig"
	"github.com/devup-cli/devup/internal/event"
)

var ada = base64.StdEncoding.EncodeToString([]byte("ada:lovelace"))

// parse is the configuration that a text holds.
func parse(text []byte) (config, error) {
	parsed, err := dockerconfig.Parse(text)
	return config{parsed}, err
}

// show is a login as readable text.
func show(l Login) string {
	return fmt.Sprintf("%s %s:%s %s%s%s", l.Server, l.Username, l.Password, l.IdentityToken, l.RegistryToken, l.Trouble)
}

func TestALoginOfTheFile(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, config, registry, want string }{
		{"by its host", `{"auths":{"registry.example":{"auth":"` + ada + `"}}}`, "registry.example", "registry.example ada:lovelace "},
		{"with a port", `{"auths":{"shop.jfrog.example:8443":{"auth":"` + ada + `"}}}`, "shop.jfrog.example:8443", "shop.jfrog.example:8443 ada:lovelace "},
		{"another port is another registry", `{"auths":{"registry.example:1":{"auth":"` + ada + `"}}}`, "registry.example:2", " : "},
		{"written as an address", `{"auths":{"https://registry.example/v1/":{"auth":"` + ada + `"}}}`, "registry.example", "registry.example ada:lovelace "},
		{"Docker Hub as Docker writes it", `{"auths":{"https://index.docker.io/v1/":{"auth":"` + ada + `"}}}`, "docker.io", hubServer + " ada:lovelace "},
		{"Docker Hub as people write it", `{"auths":{"docker.io":{"auth":"` + ada + `"}}}`, "docker.io", hubServer + " ada:lovelace "},
		{"Docker Hub as BuildKit asks for it", `{"auths":{"index.docker.io":{"auth":"` + ada + `"}}}`, "registry-1.docker.io", hubServer + " ada:lovelace "},
		{"apart", `{"auths":{"r.example":{"username":"ada","password":"x:y"}}}`, "r.example", "r.example ada:x:y "},
		{"an identity token", `{"auths":{"r.example":{"identitytoken":"token"}}}`, "r.example", "r.example : token"},
		{"a password with a colon", `{"auths":{"r.example":{"auth":"` + base64.StdEncoding.EncodeToString([]byte("a:b:c")) + `"}}}`, "r.example", "r.example a:b:c "},
		{"spoiled", `{"auths":{"r.example":{"auth":"%%%"}}}`, "r.example", " : the auth of r.example in Docker's configuration is not a name and password in base64"},
		{"none", `{}`, "r.example", " : "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := parse([]byte(test.config))
			if err != nil {
				t.Fatal(err)
			}
			if got := show(c.login(host(test.registry))); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestWhichHelperIsAsked(t *testing.T) {
	t.Parallel()
	c, err := parse([]byte(`{"credsStore":"desktop","credHelpers":{"1.dkr.ecr.eu-west-1.amazonaws.com":"ecr-login","https://r.example":"own"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for registry, want := range map[string]string{"1.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login", "r.example": "own", Hub: "desktop"} {
		if got := c.helper(registry); got != want {
			t.Errorf("the helper for %s is %q, want %q", registry, got, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"auths":{"https://index.docker.io/v1/":{"auth":"YTpi"}},"credsStore":"x","credHelpers":{"a":"b"}}`), "docker.io")
	f.Add([]byte(`{"auths":{"a:1":{"identitytoken":"t"}}}`), "https://a:1/v2/")
	f.Fuzz(func(t *testing.T, text []byte, registry string) {
		c, err := parse(text)
		if err != nil {
			return
		}
		l := c.login(host(registry))
		if l.Trouble != "" && !l.Empty() {
			t.Errorf("a login with trouble: %+v", l)
		}
		_ = c.helper(host(registry))
	})
}

// helpers are programs that speak the protocol of credential helpers.
var helpers = map[string]string{
	"good":   `read server; echo "asked for $server" >>"$0.log"; echo '{"Username":"ada","Secret":"lovelace"}'`,
	"token":  `echo '{"Username":"<token>","Secret":"identity"}'`,
	"empty":  `echo "credentials not found in native keychain"; exit 1`,
	"locked": `echo "the keychain is locked" >&2; exit 1`,
	"prose":  `echo SECRET`,
	"child":  `echo '{"Username":"ada","Secret":"lovelace"}'; sleep 5 &`,
	"late":   `echo '{"Username":"ada","Secret":"SECRET"}'; exit 1`,
}

// stored are the credentials of a configuration, with the helpers on the PATH. It
// gives what was said, too.
func stored(t *testing.T, config string) (c *Credentials, said func() []string, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the helpers of this test are shell scripts")
	}
	dir = t.TempDir()
	for name, script := range helpers {
		if err := os.WriteFile(filepath.Join(dir, "docker-credential-"+name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	var mu sync.Mutex
	var texts []string
	sink := func(e event.Event) {
		mu.Lock()
		defer mu.Unlock()
		texts = append(texts, e.Text)
	}
	lookup := func(name string) (string, bool) { return dir, name == "DOCKER_CONFIG" }
	return NewCredentials(lookup, "", sink), func() []string { return texts }, dir
}

func TestCredentialHelpers(t *testing.T) {
	for config, want := range map[string]struct{ login, said string }{
		`{"credsStore":"good"}`:  {"r.example:5000 ada:lovelace ", ""},
		`{"credsStore":"token"}`: {"r.example:5000 : identity", ""},
		`{"credsStore":"empty"}`: {" : ", ""},
		`{"credsStore":"locked"}`: {
			" : the credential helper docker-credential-locked failed: the keychain is locked",
			"the credential helper docker-credential-locked failed: the keychain is locked; images of r.example:5000 are fetched without a login",
		},
		`{"credHelpers":{"r.example:5000":"nowhere"}}`: {
			" : the credential helper docker-credential-nowhere is not installed here",
			"the credential helper docker-credential-nowhere is not installed here; images of r.example:5000 are fetched without a login",
		},
		`{"credsStore":"prose"}`: {
			" : the credential helper docker-credential-prose answers something other than JSON",
			"the credential helper docker-credential-prose answers something other than JSON; images of r.example:5000 are fetched without a login",
		},
		`{"credsStore":"child"}`: {"r.example:5000 ada:lovelace ", ""}, // which keeps the output open
		`{"credsStore":"late"}`: {
			" : the credential helper docker-credential-late failed: exit status 1",
			"the credential helper docker-credential-late failed: exit status 1; images of r.example:5000 are fetched without a login",
		},
		`{"credsStore":"../good"}`: {
			" : Docker's configuration names a credential helper that is not a plain name",
			"Docker's configuration names a credential helper that is not a plain name; images of r.example:5000 are fetched without a login",
		},
		`{"credsStore":"locked","auths":{"r.example:5000":{"auth":"` + ada + `"}}}`: {"r.example:5000 ada:lovelace ", ""},
	} {
		c, said, _ := stored(t, config)
		for range 2 { // what there is to say is said once
			if got := show(c.OfImage(t.Context(), "r.example:5000/shop/web:1")); got != want.login {
				t.Errorf("%s\ngot  %q\nwant %q", config, got, want.login)
			}
		}
		if got := strings.Join(said(), "\n"); got != want.said {
			t.Errorf("%s\nsaid %q\nwant %q", config, got, want.said)
		}
	}
}

func TestAHelperIsAskedOnceForARegistryAndUnderDockersName(t *testing.T) {
	c, _, dir := stored(t, `{"credsStore":"good"}`)
	var group sync.WaitGroup
	for range 4 {
		for _, image := range []string{"redis", "ada/web", "r.example/web"} {
			group.Go(func() { c.OfImage(t.Context(), image) })
		}
	}
	group.Wait()
	log, err := os.ReadFile(filepath.Join(dir, "docker-credential-good.log"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(log), "asked for"); n != 2 || !strings.Contains(string(log), "asked for "+hubServer+"\n") || !strings.Contains(string(log), "asked for r.example\n") {
		t.Errorf("the helper was asked:\n%s", log)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".docker"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".docker", "config.json"), []byte(`{"auths":{"a.example":{"auth":"`+ada+`"},"b.example":{"auth":"`+ada+`"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	grace := base64.StdEncoding.EncodeToString([]byte("grace:hopper"))
	c := NewCredentials(func(name string) (string, bool) {
		return `{"auths":{"a.example":{"auth":"` + grace + `"}}}`, name == "DOCKER_AUTH_CONFIG"
	}, home, event.Discard)
	for registry, want := range map[string]string{"a.example": "grace", "b.example": "ada", "c.example": ""} {
		if got := c.For(t.Context(), registry).Username; got != want {
			t.Errorf("the user for %s is %q, want %q", registry, got, want)
		}
	}
}

func TestNoConfigurationIsNoError(t *testing.T) {
	t.Parallel()
	none := func(string) (string, bool) { return "", false }
	sink := func(e event.Event) { t.Errorf("said: %s", e.Text) }
	for _, c := range []*Credentials{nil, NewCredentials(none, "", sink), NewCredentials(none, t.TempDir(), sink)} {
		if l := c.OfImage(t.Context(), "redis"); !l.Empty() || l.Header() != "" {
			t.Errorf("a login out of nothing: %+v", l)
		}
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	decoded, err := base64.URLEncoding.DecodeString(Login{Server: hubServer, Username: "ada", Password: "lovelace"}.Header())
	want := `{"username":"ada","password":"lovelace","serveraddress":"https://index.docker.io/v1/"}`
	if err != nil || string(decoded) != want {
		t.Errorf("got %s (%v), want %s", decoded, err, want)
	}
}
