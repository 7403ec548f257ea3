package untrusted

import (
	"os/exec"
	"strings"
	"testing"
)

func TestArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"api/.env", "api/.env"},
		{"-rf", "./-rf"},
		{"", "''"},
		{"~", "'~'"},
		{"$(id);`id`&.env", "'$(id);`id`&.env'"},
		{"it's here", `'it'\''s here'`},
		{"a\x1b\n\u202eb", "'a'?''?''?'b'"},
	} {
		if got := Arguments(c.in); got != c.want {
			t.Errorf("Arguments(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

// TestArgumentsInAShell: each name is one word of a shell and means itself.
func TestArgumentsInAShell(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	names := []string{"a b", "$(echo x)", "`echo x`", "${HOME}", "it's", `"q"`, "*", "!x", "#x", "~", "a;b", "a|b", "a>b", "{a,b}", "\\n", "=x", "日本"}
	out, err := exec.CommandContext(t.Context(), sh, "-c", `printf '%s\n' `+Arguments(names...)).Output()
	if got, want := string(out), strings.Join(names, "\n")+"\n"; err != nil || got != want {
		t.Errorf("a shell reads %q, %v; want %q", got, err, want)
	}
}
