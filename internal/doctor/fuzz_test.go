package doctor

import (
	"testing"
	"testing/fstest"
)

// FuzzTexts holds the checks that read Dockerfiles, env files and scripts against any text.
func FuzzTexts(f *testing.F) {
	for _, seed := range []string{
		"FROM a\nENTRYPOINT [\"./x.sh\"]\nCMD x y\n", "CMD [\nENTRYPOINT\n", "API_KEY=abc\nexport TOKEN='x'\n=\nPASSWORD", "#!/bin/sh\r\necho\r\n", "entrypoint [\"a\", 1]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range started(text) {
			_ = word
		}
		files := fstest.MapFS{"a": {Data: []byte(text)}}
		for _, key := range secretKeys(files, "a") {
			if key == "" {
				t.Errorf("%q has a secret without a name", text)
			}
		}
		_ = hasCRLF(files, "a") // it must not panic
	})
}
