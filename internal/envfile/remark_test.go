package envfile

import "testing"

func TestWithoutLoneRemarks(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"A=   # fill in\nB=1":                  "A=\nB=1",
		"A=\t# fill in":                        "A=",
		"export A= # x\r\n":                    "export A=\n",
		"A: # x\n":                             "A:\n",
		"A=#fragment\n":                        "A=#fragment\n",
		"A=1 # one\n":                          "A=1 # one\n",
		"# A=  # x\n":                          "# A=  # x\n",
		"A=http://x/ #top\n":                   "A=http://x/ #top\n",
		"A='it\nB=  # in it\n' # over\nC= # x": "A='it\nB=  # in it\n' # over\nC=",
		"A=\"a\\\"\nB= # in it\"\nC= # x\n":    "A=\"a\\\"\nB= # in it\"\nC=\n",
		"A='never closed\nB= # x\n":            "A='never closed\nB= # x\n",
		"NAME\nB= # x\n":                       "NAME\nB=\n",
		"":                                     "",
	} {
		if got := WithoutLoneRemarks(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}
