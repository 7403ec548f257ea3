package tree

import "testing"

func TestIgnoreRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rules, name string
		directory   bool
		want        bool
	}{
		{"*.log", "a/b/x.log", false, true},
		{"/x", "x", false, true},
		{"/x", "a/x", false, false},
		{"a/x", "a/x", false, true},
		{"a/x", "b/a/x", false, false},
		{"x/", "a/x", true, true},
		{"x/", "a/x", false, false},
		{"**/x", "a/b/x", false, true},
		{"a/**", "a/b", false, true},
		{"a/**/z", "a/z", false, true},
		{"a/**/z", "a/b/c/z", false, true},
		{"*.env\n!web.env", "web.env", false, false},
		{"# x", "# x", false, false},
		{`\#x`, "#x", false, true},
		{"x  ", "x", false, true},
		{"", "x", false, false},
		{"[z-a", "x", false, false},
	} {
		if got := ignoreRules(nil).with(".", test.rules).ignores(test.name, test.directory); got != test.want {
			t.Errorf("%q ignores %q = %v, want %v", test.rules, test.name, got, test.want)
		}
	}
	nested := ignoreRules(nil).with("sub", "/x\ny")
	for name, want := range map[string]bool{"sub/x": true, "x": false, "sub/a/x": false, "sub/a/y": true} {
		if got := nested.ignores(name, false); got != want {
			t.Errorf("sub/.gitignore ignores %q = %v, want %v", name, got, want)
		}
	}
}
