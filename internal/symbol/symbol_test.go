package symbol

import (
	"strings"
	"testing"
)

// FuzzFill holds that resolving takes every token away and never panics.
func FuzzFill(f *testing.F) {
	f.Add("a "+Reference("DEVUP_URL_WEB", Defaulted, "x")+" b", "v")
	f.Add(Reference("GITPOD_WORKSPACE_ID", plain, "")+tokenOpen, "")
	f.Fuzz(func(t *testing.T, s, value string) {
		if HasToken(value) {
			t.Skip()
		}
		out := Fill(s, func(string) (string, bool) { return value, value != "" })
		if tokenPattern.MatchString(out) && !tokenPattern.MatchString(strings.ReplaceAll(s, tokenOpen, "")) && !strings.Contains(s, tokenOpen+tokenOpen) {
			for _, m := range tokenPattern.FindAllStringSubmatch(out, -1) {
				if strings.Contains(s, m[0]) {
					t.Errorf("fill(%q) leaves the token %q", s, m[0])
				}
			}
		}
	})
}
