package envfile

import (
	"strings"
	"testing"
)

// FuzzFill: whatever an example is, what it leaves open can be filled in, and every other
// line stays.
func FuzzFill(f *testing.F) {
	for _, seed := range []string{
		"A=\nB=change-me # the key of the team\n", "export A = \"\"\n#B=\n", "A='\nB=\n'\nC=<x>", "A=$B\r\n\r\nB=your-key-here", "=\n==\n A", "A=\"x\\\"\nB=\"",
	} {
		f.Add(seed, "value")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		if strings.ContainsAny(value, "\r\n\x00") {
			t.Skip("an answer is one line")
		}
		blanks := Open(text)
		var values []Value
		for _, b := range blanks {
			if b.Name == "" || b.Line < 1 || b.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%q leaves %+v open", text, b)
			}
			values = append(values, Value{Name: b.Name, Value: value})
		}
		filled := Fill(text, values)
		if before, after := strings.Count(text, "\n"), strings.Count(filled, "\n"); before != after {
			t.Errorf("%q with %d line ends became %q with %d", text, before, filled, after)
		}
		_ = Append(text, "heading", values)
	})
}

// FuzzWithoutLoneRemarks: no line is lost, and what has no lone remark any more stays as it is.
func FuzzWithoutLoneRemarks(f *testing.F) {
	for _, seed := range []string{"A=  # x\nB=1 # y\n", "A='\nB= # in it\n' # x\nC: # y", "# A= # x\r\n", "A=\"\\\"\nB= #"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := WithoutLoneRemarks(text)
		if strings.Count(once, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q", text, once)
		}
		if twice := WithoutLoneRemarks(once); twice != once {
			t.Errorf("%q became %q and then %q", text, once, twice)
		}
	})
}
