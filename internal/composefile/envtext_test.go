package composefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// FuzzEnvFile: whatever an env file holds, it is read, or is one sentence with its place,
// and what its variables stand for stays within the bound.
func FuzzEnvFile(f *testing.F) {
	for _, seed := range []string{
		"A=b\nB=${A:-c}\nexport C='$A'\n", "A0=xxxxxxxxxx\nA1=${A0}${A0}${A0}\nA2=${A1}${A1}${A1}\n", "A=\"\\n\\$x\\0101\"\n# b\n\nB: c\nD", "A=${B:?no}\n", "A='\nb", "A=${A:-${A:-${A:+b}}}\n",
		"\ufeffA=b #c\nB=#d\n[x]=1", "A=$$\nB=$\nC=${}\nD=${A",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	prepare()
	f.Fuzz(func(t *testing.T, text string, raw bool) {
		format := ""
		if raw {
			format = "raw"
		}
		vars := map[string]string{}
		reader := &envReader{}
		err := reader.text(envText{path: "/x/a.env", format: format, content: []byte(text)}, vars, func(name string) (string, bool) {
			return "given", name == "GIVEN"
		})
		if err != nil {
			e, ok := errors.AsType[*fail.Error](err)
			if !ok || e.File != "/x/a.env" || e.Line > strings.Count(text, "\n")+1 || strings.ContainsAny(e.Message, "\r\n") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		total := 0
		for _, value := range vars {
			total += len(value)
		}
		if total > maxExpanded+len(text) {
			t.Errorf("%q stands for %d bytes", text, total)
		}
	})
}
