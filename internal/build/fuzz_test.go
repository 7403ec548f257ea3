package build

import (
	"testing"
)

// FuzzWants holds what a Dockerfile takes of a context, and an ignore file, against any text.
func FuzzWants(f *testing.F) {
	for _, seed := range []string{
		"FROM a AS b\nCOPY --from=b /x /y\nCOPY . .\n", "ARG A=b\nFROM ${A:-c}\nCOPY ${A} $A/\n", "FROM a\nADD [\"x y\", \"/z/\"]\nRUN --mount=type=bind,source=x y\n",
		"FROM a AS a\nFROM a\nCOPY --from=0 a b\n", "# escape=`\nFROM a\nCOPY a `\n b", "FROM a\nCOPY <<E /x\na\nE\n", "ARG PACKAGES=d\nFROM a AS b\nWORKDIR /x\nFROM b AS d\nCOPY p ./\nRUN --mount=type=cache,target=/c npm ci\nFROM ${PACKAGES}\nCOPY . .\n", "FROM a\nONBUILD COPY . .\nWORKDIR ../../x\nCOPY ../a /\n",
	} {
		f.Add(seed, "", "*.log\n!a.log\n**/x\n")
		f.Add(seed, "b", "[a-\n\\\n!\n/\n")
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, dockerfile, target, ignore string) {
		s := Spec{Service: "web", Context: dir, Target: target}
		_, _ = (&Packages{spec: s}).read([]byte(dockerfile)) // it must not panic
		need := findContextNeeds(s, []byte(dockerfile))
		for _, name := range []string{"a", "x/y.log", "deep/er/and/deeper"} {
			_ = need.includes(name, s) // it must not panic
		}
		patterns, err := definition{ignore: []byte(ignore)}.ignorePatterns(dir)
		if err != nil {
			return
		}
		_, _ = listFiles(t.Context(), s, contextNeeds{all: true}, patterns) // an error names the pattern
	})
}
