package runfiles

import (
	"fmt"
	"strings"
	"testing"
)

// TestParseEnv: the variables of an env file, as NAME=value:line.
func TestParseEnv(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"A=b\n\n  export B = c d \nC: e", "A=b:1 B=c d:3 C=e:4"},
		{"A='x # y' # z\nB=\"q\" r\nC=x # y\nD=x#y", "A=x # y:1 B=q:2 C=x:3 D=x#y:4"},
		{"A=\nB='\nC=\"x", "A=:1 B=':2 C=\"x:3"},
		{"A=b\nB=${A}:$A\nC=$X ${Y}", "A=b:1 B=b:b:2 C=$X ${Y}:3"},
		{"# A=b\n1A=c\nno line\n=x\n[a]", ""},
	} {
		var got []string
		for _, e := range parseEnv(".env", test.text).Entries {
			got = append(got, fmt.Sprintf("%s=%s:%d", e.Name, e.Value, e.Line))
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%q: %s, want %s", test.text, text, test.want)
		}
	}
}
