package tree

import (
	"strings"
	"testing"
)

func FuzzIgnore(f *testing.F) {
	f.Add("*.log\n!keep.log\n/a/**/b\n", "a/x/b")
	f.Add("a/\\*\n", "a/*")
	f.Fuzz(func(t *testing.T, rules, name string) {
		r := ignoreRules(nil).with(".", rules).with("sub", rules)
		if r.ignores(name, false) && !r.ignores(name, true) && !strings.Contains(rules, "!") {
			t.Errorf("%q is ignored as a tree.File, but not as a directory, by %q", name, rules)
		}
	})
}
