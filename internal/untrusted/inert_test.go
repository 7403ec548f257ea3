package untrusted_test

import (
	"errors"
	"testing"

	"github.com/devup-cli/devup/internal/untrusted"
)

// TestPatterns: a value is of its kind as a whole, or it is nothing.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		of   func(string) untrusted.Inert
		good []string
		bad  []string
	}{
		{"version", untrusted.Version, []string{"9", "9.0.0", "1.22.22", "4.0.0-rc.1"}, []string{
			"", "latest", "9.0.0\nFROM evil\nRUN x", "1.22.22;touch /pwn", "9.0.0 x", "9.0.0-", "v9", "9..0", "https://evil/x.tgz", "9.0.0\n",
		}},
		{"tag", untrusted.ImageTag, []string{"24", "3.13", "20-alpine", "lts"}, []string{"", "-x", "24 AS x", "24\nRUN x", "24@sha256:0", "a/b", "24:1"}},
		{"name", untrusted.ServiceName, []string{"api", "backend-flask", "a.b_c", "0"}, []string{"", ".a", "-f", "a/b", "a b", "a\nb", "ä"}},
		{"variable", untrusted.VariableName, []string{"A", "_a1"}, []string{"", "1A", "A-B", "A=B", "A\nB"}},
	} {
		for _, s := range c.good {
			if got := c.of(s); string(got) != s {
				t.Errorf("%s %q: %q", c.kind, s, got)
			}
		}
		for _, s := range c.bad {
			if got := c.of(s); got != "" {
				t.Errorf("%s %q: %q, want nothing", c.kind, s, got)
			}
		}
	}
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	ok := func(text untrusted.Inert) (untrusted.Inert, error) { return text, nil }
	for _, c := range []struct {
		name string
		of   func(string) (untrusted.Inert, error)
		want map[string]string // empty: there is no notation
	}{
		{"yaml", func(s string) (untrusted.Inert, error) { return ok(untrusted.YAML(s)) }, map[string]string{
			"./api": "./api", "yes": `"yes"`, "12": `"12"`, "a: b": `"a: b"`, "a\nb": `"a\nb"`, "\u0085x": `"\u0085x"`, "a\u2028b": `"a\u2028b"`,
			"cod\u202e": `"cod\u202e"`, "\x7f": `"\u007f"`, "\xff": `"\ufffd"`, "\U000e0001": `"\ufffd"`, "": `""`, "- x": `"- x"`, "#": `"#"`,
			"${DEVUP_URL_API:-http://localhost:80}/x": "${DEVUP_URL_API:-http://localhost:80}/x",
		}},
		{"comment", func(s string) (untrusted.Inert, error) { return ok(untrusted.Comment(s)) }, map[string]string{
			"a b": "a b", "a\nRUN x": "a?RUN x", "\x1b[31m\u202e": "?[31m?", "é": "é", "\xff": "?",
		}},
		{"value", untrusted.DockerValue, map[string]string{
			"app": "app", "a b": `"a b"`, `a"$b\`: `"a\"\$b\\"`, "a\nb": "", "\u2028": "", "--x": "--x",
		}},
		{"path", untrusted.DockerPath, map[string]string{"/a b": "/a b", "/$x": `/\$x`, `/x\`: `/x\\`, `/it's`: `/it\'s`, "/a\nRUN x": ""}},
		{"copy", func(s string) (untrusted.Inert, error) { return untrusted.DockerWords(s, "./") }, map[string]string{
			"a.txt": "a.txt ./", "a b": `["a b", "./"]`, "--from=x": `["--from=x", "./"]`, "<<EOF": `["<<EOF", "./"]`, "a$b": `["a\\$b", "./"]`, "a\nb": "",
		}},
		{"shell", func(s string) (untrusted.Inert, error) { return untrusted.ShellWords(s, "-x") }, map[string]string{
			"npm": "npm -x", "a;b": "'a;b' -x", "--mount=x": "'--mount=x' -x", "it's": `'it'\''s' -x`, "a\nb": "", "": "'' -x",
		}},
		{"pattern", untrusted.IgnorePattern, map[string]string{"dist": "dist", "!x": `\!x`, "#x": `\#x`, "a*": `a\*`, "a\n!b": "", "x ": "", "a/../b": "b"}},
	} {
		for s, want := range c.want {
			got, err := c.of(s)
			if string(got) != want {
				t.Errorf("%s %q: %q, want %q", c.name, s, got, want)
			}
			var unfit untrusted.UnfitError
			if (want == "") != errors.As(err, &unfit) {
				t.Errorf("%s %q: error %v", c.name, s, err)
			}
		}
	}
}
