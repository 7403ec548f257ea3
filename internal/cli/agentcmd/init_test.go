package agentcmd

import (
	"strings"
	"testing"
)

// TestMerged: a file gets the block once, with its own line ends, also where its last one is missing.
func TestMerged(t *testing.T) {
	t.Parallel()
	agents := targets()[0]
	for _, have := range []string{"", "mine\n", "mine", "mine\r\n\r\nmore\r\n", "mine\n\n" + begin + "\nold\n" + end, "mine\r\n" + begin + "\r\nold\r\n" + end + "\r\nmore"} {
		once := agents.merged([]byte(have))
		if again := agents.merged(once); string(again) != string(once) {
			t.Errorf("%q is changed twice:\n%q\n%q", have, once, again)
		}
		if strings.Contains(string(once), "old") || strings.Contains(have, "mine") != strings.Contains(string(once), "mine") {
			t.Errorf("%q becomes %q", have, once)
		}
		if ends := strings.Count(string(once), "\r\n"); ends > 0 && ends != strings.Count(string(once), "\n") {
			t.Errorf("%q has line ends of two kinds: %q", have, once)
		}
	}
}
