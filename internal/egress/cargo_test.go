package egress

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

// twoRegistries are settings with all that cargo keeps in them, and the tokens of two
// registries, one in each file.
func twoRegistries() machine {
	return computer("linux", map[string]string{
		"/home/ada/.cargo/config.toml": `
[registry]
default = "one"
token = "S3CRET-public"
global-credential-providers = ["/home/ada/S3CRET-program"]
[registries.one]
index = "sparse+https://ada:S3CRET-address@one.corp/"
token = "S3CRET-one"
secret-key = "k3.secret.S3CRET-key"
credential-provider = ["/home/ada/S3CRET-program"]
[registries."two.x"]
index = "https://two.corp/"
token = "S3CRET-old"
[registries.three]
secret-key = "S3CRET-key"
[source.crates-io]
replace-with = "mirror"
[source.mirror]
git = "https://ada:S3CRET-address@git.corp/"
token = "S3CRET-source"
[source.one]
registry = "https://elsewhere.corp/"
[http]
cainfo = "/ca"
proxy = "ada:S3CRET-proxy@proxy.corp:1"
ssl-version = {min = "tlsv1.2", other = "S3CRET-other"}
multiplexing = false
other = "S3CRET-other"
[net]
retry = 3
ssh = {known-hosts = ["a b"], other = "S3CRET-other"}
`,
		"/home/ada/.cargo/credentials.toml": "[registry]\ntoken = \"S3CRET-public\"\n[registries.\"two.x\"]\ntoken = \"S3CRET-two\\n\"\nsecret-key = \"S3CRET-key\"\n[registries.unknown]\ntoken = \"S3CRET-unknown\"\n",
	}, nil)
}

// TestCargoTokens: the file is TOML with any tokens in it, each of which needs its own consent.
func TestCargoTokens(t *testing.T) {
	t.Parallel()
	s := read(twoRegistries())
	for name, test := range map[string]struct {
		settings Settings
		tokens   map[string]string // by registry
	}{
		"without consent":             {s, nil},
		"with consent for the first":  {allow(s, Use{Builds: true}, "one.corp"), map[string]string{"one": "S3CRET-one"}},
		"with consent for the second": {allow(s, Use{Builds: true}, "two.corp"), map[string]string{"two.x": "S3CRET-two\n"}},
		"with consent for all":        {consent(s), map[string]string{"one": "S3CRET-one", "two.x": "S3CRET-two\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := contents(test.settings.Build(), "cargo")["devup-cargo.toml"]
			var got map[string]any
			if err := toml.Unmarshal([]byte(text), &got); err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			registries := map[string]any{
				"one":   map[string]any{"index": "sparse+https://one.corp/"},
				"two.x": map[string]any{"index": "https://two.corp/"},
			}
			for registry, token := range test.tokens {
				registries[registry].(map[string]any)["token"] = token
			}
			want := map[string]any{
				"registry": map[string]any{"default": "one"}, "registries": registries,
				"source": map[string]any{
					"crates-io": map[string]any{"replace-with": "mirror"},
					"mirror":    map[string]any{"git": "https://git.corp/"},
					"one":       map[string]any{"registry": "https://elsewhere.corp/"},
				},
				"http": map[string]any{"proxy": "proxy.corp:1", "ssl-version": map[string]any{"min": "tlsv1.2"}, "multiplexing": false},
				"net":  map[string]any{"retry": int64(3), "ssh": map[string]any{"known-hosts": []any{"a b"}}},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s\nin\n%s", diff, text)
			}
		})
	}
	var named []string
	for _, c := range s.Credentials {
		named = append(named, c.Description())
	}
	if got, want := strings.Join(named, "; "), "~/.cargo/config.toml holds a token for one.corp; ~/.cargo/credentials.toml holds a token for two.corp"; got != want {
		t.Errorf("credentials are %q, want %q", got, want)
	}
}
