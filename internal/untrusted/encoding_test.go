package untrusted

import "testing"

// TestUTF8: the bytes of a file as UTF-8.
func TestUTF8(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ bytes, want string }{
		{"a: ü", "a: ü"}, {"\xEF\xBB\xBFa", "a"}, {"\xFF\xFEa\x00\xfc\x00", "aü"}, {"\xFE\xFF\x00a\x00\xfc", "aü"}, {"\xFE\xFF\xd8\x3d\xde\x00", "😀"}, {"\xFF\xFEa", "broken"}, {"", ""},
	} {
		text, ok := UTF8([]byte(test.bytes))
		got := string(text)
		if !ok {
			got = "broken"
		}
		if got != test.want {
			t.Errorf("%q is %q, want %q", test.bytes, got, test.want)
		}
	}
}
