package symbol

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFill holds that resolving takes every token away and never panics.
func FuzzFill(f *testing.F) {
	f.Add("a "+Reference("DEVUP_URL_WEB", Defaulted, "x")+" b", "v")
	f.Add(Reference("GITPOD_WORKSPACE_ID", plain, "")+tokenOpen, "")
	f.Fuzz(func(t *testing.T, s, value string) {
		apart := strings.Count(s, tokenOpen) == len(tokenPattern.FindAllString(s, -1))
		if !apart || strings.Contains(value, tokenOpen) || !utf8.ValidString(s+value) {
			t.Skip() // text that is made to look like a token inside of one becomes a token once that is filled
		}
		out := Fill(s, func(string) (string, bool) { return value, value != "" })
		if HasToken(out) {
			t.Errorf("Fill(%q) = %q, which holds a token", s, out)
		}
	})
}
