package versions

import "testing"

func TestNewestWithin(t *testing.T) {
	t.Parallel()
	node, python := []string{"24", "22", "20", "18", "16", "14"}, []string{"3.13", "3.12", "3.11", "3.10", "3.9", "3.8"}
	for _, test := range []struct {
		wanted string
		lines  []string
		want   string
	}{
		{">=14", node, "24"},
		{"18.x", node, "18"},
		{"^18.12.0", node, "18"},
		{">=18 <21", node, "20"},
		{">=16.0.0 <=18.20.1", node, "18"},
		{"^18 || ^20", node, "20"},
		{"14 - 16", node, "16"},
		{"~16.18.0", node, "16"},
		{"99", node, ""},
		{"", node, ""},
		{">=3.9", python, "3.13"},
		{"^3.11", python, "3.13"},
		{"~=3.10", python, "3.13"},
		{"~=3.10.0", python, "3.10"},
		{">=3.8,<3.12", python, "3.11"},
		{">3.8.1,<3.11", python, "3.10"},
		{"==3.9.*", python, "3.9"},
		{">=3.10,!=3.13.*", python, "3.12"},
	} {
		if got := NewestWithin(test.wanted, test.lines); got != test.want {
			t.Errorf("NewestWithin(%q) = %q, want %q", test.wanted, got, test.want)
		}
	}
}

// TestSatisfies: what npm and Python write behind the numbers of a release is no number more.
func TestSatisfies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version, wanted string
		want            bool
	}{
		{"7.29.13", "^7.0.0-0", true},
		{"7.29.13", "^7.4.0 || ^8.0.0-0 <8.0.0", true},
		{"6.1.0", "^7.0.0-0", false},
		{"4.9.5", ">=2.8.0 || >= 3.2.0-dev", true},
		{"2.1.0", ">=2.0.0rc1,<3", true},
		{"2.1.0", ">=2.0.post1", true},
		{"1.5.0", "1.2.3 - 2.3.4", true},
		{"1.5.0", "1.x.x", true},
		{"1.5.0", "1.5.0+build.7", true},
	} {
		if got := Satisfies(test.version, test.wanted); got != test.want {
			t.Errorf("Satisfies(%q, %q) = %t, want %t", test.version, test.wanted, got, test.want)
		}
	}
}
