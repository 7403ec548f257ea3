package tunnel

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyTheLastLinesAreKept(t *testing.T) {
	t.Parallel()
	o := &output{onLine: func(string) {}}
	_, _ = o.Write([]byte("0\n1\n2\n3\n\n4\n5\r\n6\n7\n8\n9"))
	if got := strings.Join(o.lines(), " "); got != "2 3 4 5 6 7 8 9" {
		t.Errorf("kept %q", got)
	}
	long := strings.Repeat("x", 3*longest)
	_, _ = o.Write([]byte("\n" + long + "\n"))
	if got := o.lines()[kept-1]; got != long[:longest] {
		t.Errorf("%d bytes of a long line are kept, want %d", len(got), longest)
	}
}

// FuzzOutput: in any pieces that the output of a program comes in, the lines are the same,
// and no secret is in those that are kept.
func FuzzOutput(f *testing.F) {
	f.Add("one\ntwo\r\nthree", 4)
	f.Add("Your authtoken: hunter2-and-more\n\"token\":\"abc\"\n", 9)
	f.Add(strings.Repeat("long", 2000)+"\nend", 3000)
	f.Fuzz(func(t *testing.T, text string, at int) {
		at = min(max(at, 0), len(text))
		heard := func(pieces ...string) (lines, last []string) {
			o := &output{secrets: []string{"hunter2"}, onLine: func(line string) { lines = append(lines, line) }}
			for _, p := range pieces {
				if n, err := o.Write([]byte(p)); n != len(p) || err != nil {
					t.Fatalf("wrote %d of %d, %v", n, len(p), err)
				}
			}
			return lines, o.lines()
		}
		wholeLines, wholeLast := heard(text)
		lines, last := heard(text[:at], text[at:])
		if diff := cmp.Diff(wholeLines, lines) + cmp.Diff(wholeLast, last); diff != "" {
			t.Errorf("cut at %d:\n%s", at, diff)
		}
		if strings.Contains(strings.Join(last, "\n"), "hunter2") {
			t.Errorf("a secret is shown: %q", last)
		}
	})
}
