package composefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/template"

	"github.com/devup-cli/devup/internal/symbol"
)

// setting is a lookup over "NAME=value" pairs.
func setting(pairs ...string) template.Mapping {
	env := map[string]string{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}
}

func TestSubstitute(t *testing.T) {
	t.Parallel()
	lookup := setting("A=1", "EMPTY=", "DEVUP_URL_SET=given")
	tests := []struct{ name, in, want string }{
		{"nothing", "plain", "plain"},
		{"named", "$A-$A", "1-1"},
		{"braced", "<${A}>", "<1>"},
		{"escaped", "$$A costs $5 $", "$A costs $5 $"},
		{"missing", "<${NONE}>", "<>"},
		{"default", "${NONE:-x}${NONE-y}", "xy"},
		{"default and empty", "${EMPTY:-x}|${EMPTY-y}", "x|"},
		{"alternative", "${A:+x}${NONE+y}", "x"},
		{"nested", "${NONE:-a${A}b${NONE2:-c}}d", "a1bcd"},
		{"braces in the default", `${NONE:-{"a":1}}`, `{"a":1}`},
		{"two in a line", "${NONE:-3000}:${A}", "3000:1"},
		{"URL as default", "${NONE:-http://localhost:3000}/x", "http://localhost:3000/x"},
		{"set symbol", "${DEVUP_URL_SET:-x}", "given"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := new(expander).substitute(test.in, lookup)
			if err != nil || got != test.want {
				t.Errorf("substitute(%q) = %q, %v; want %q", test.in, got, err, test.want)
			}
			reference, err := template.Substitute(test.in, lookup)
			if err != nil || reference != test.want {
				t.Errorf("compose-go makes %q of it, %v", reference, err)
			}
		})
	}
}

func TestSubstituteRefusesWhatComposeRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"${", "${A", "${}", "${A!x}", "${1A}", "a ${-x} b"} {
		_, err := new(expander).substitute(in, setting("A=1"))
		if _, ok := errors.AsType[*template.InvalidTemplateError](err); !ok {
			t.Errorf("substitute(%q): error %v, want an InvalidTemplateError", in, err)
		}
	}
	_, err := new(expander).substitute("${NONE:?say why}", setting())
	missing, ok := errors.AsType[*template.MissingRequiredError](err)
	if !ok || missing.Variable != "NONE" || missing.Reason != "say why" {
		t.Errorf("error %v, want NONE missing: say why", err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	known := func(name string) (string, bool) { return "[" + name + "]", name == "DEVUP_URL_WEB" }
	tests := []struct{ in, known, unknown string }{
		{"${DEVUP_URL_WEB}/x", "[DEVUP_URL_WEB]/x", "/x"},
		{"$DEVUP_URL_WEB", "[DEVUP_URL_WEB]", ""},
		{"${DEVUP_URL_WEB:-http://localhost:3000}", "[DEVUP_URL_WEB]", "http://localhost:3000"},
		{"${DEVUP_URL_WEB-d}", "[DEVUP_URL_WEB]", "d"},
		{"${DEVUP_URL_WEB:+yes}", "yes", ""},
		{"${DEVUP_URL_WEB:?why}", "[DEVUP_URL_WEB]", ""},
		{"${OTHER:-${DEVUP_URL_WEB:-d}}", "[DEVUP_URL_WEB]", "d"},
		{"${DEVUP_URL_NONE:-${DEVUP_URL_WEB:-d}}", "[DEVUP_URL_WEB]", "d"},
		{"${GITPOD_WORKSPACE_ID}", "", ""},
	}
	for _, test := range tests {
		text, err := new(expander).substitute(test.in, setting())
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(text, "$:=") {
			t.Errorf("%s: the token %q has a character at which Compose splits", test.in, text)
		}
		if got := symbol.Fill(text, known); got != test.known {
			t.Errorf("%s with a value = %q, want %q", test.in, got, test.known)
		}
		if got := symbol.Fill(text, symbol.NoValue); got != test.unknown {
			t.Errorf("%s without a value = %q, want %q", test.in, got, test.unknown)
		}
	}
}

// FuzzSubstitute holds the interpolation against compose-go's. What both accept
// must come out the same; a few malformed nestings only one of them accepts.
func FuzzSubstitute(f *testing.F) {
	for _, seed := range []string{"$A", "${A}", "${B:-x}", "${B:-${A}}y", "$$", "${A:+b}${C-d}", "${", "${A:?x}", "a$"} {
		f.Add(seed)
	}
	lookup := setting("A=1", "EMPTY=")
	f.Fuzz(func(t *testing.T, in string) {
		if strings.Count(in, "{") != strings.Count(in, "}") || strings.ContainsAny(in, "\n\x00ſK") || symbol.HasToken(in) {
			t.Skip() // ſ and K are the letters that compose-go's expression takes for an s and a k
		}
		want, wantErr := template.SubstituteWithOptions(in, lookup, template.WithoutLogging)
		got, err := new(expander).substitute(in, lookup)
		if symbol.HasToken(got) {
			got = symbol.Fill(got, symbol.NoValue)
		}
		simple := strings.Count(in, "{") == strings.Count(in, "${") && strings.Count(in, "${") < 2
		if err == nil && wantErr == nil && simple && got != want {
			t.Errorf("substitute(%q) = %q, compose-go makes %q", in, got, want)
		}
	})
}
