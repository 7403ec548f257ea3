package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// TestArgumentsThatRepeatEachOther: without a bound, the text that these few lines expand to
// takes all memory.
func TestArgumentsThatRepeatEachOther(t *testing.T) {
	t.Parallel()
	text := "ARG A0=xxxxxxxxxx\n"
	for i := 1; i < 14; i++ {
		text += fmt.Sprintf("ARG A%d=%s\n", i, strings.Repeat(fmt.Sprintf("$A%d", i-1), 10))
	}
	_, global, err := parseDockerfile([]byte(text + "ARG TAG=3\nFROM busybox:$TAG\n"))
	if err != nil {
		t.Fatal(err)
	}
	expand := globalArgs(global, nil)
	if got := expand("x:$TAG"); got != "x:3" {
		t.Errorf("x:$TAG is %q, want x:3", got)
	}
	if got := expand("$A13$A13"); len(got) > 2*maxArgument {
		t.Errorf("$A13$A13 is %d bytes", len(got))
	}
	before := 0
	for range 10_000 {
		before += len(expand("$A2$A2$A2$A2"))
	}
	if before > 2*maxExpanded {
		t.Errorf("all expansions are %d bytes, want at most about %d", before, maxExpanded)
	}
}

func TestADockerfileOfTooManyInstructions(t *testing.T) {
	t.Parallel()
	text := "FROM busybox\n" + strings.Repeat("COPY a b\n", maxInstructions-1)
	if _, _, err := parseDockerfile([]byte(text)); err != nil {
		t.Errorf("%d instructions: %v", maxInstructions, err)
	}
	if _, _, err := parseDockerfile([]byte(text + "COPY a b\n")); !errors.Is(err, errTooLong) {
		t.Errorf("one more: %v, want %v", err, errTooLong)
	}
	if got := findContextNeeds(Spec{}, []byte(text+"COPY a b\n")); !got.all {
		t.Error("such a Dockerfile does not want all files of its context")
	}
}

func TestADockerignoreOfTooMuch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		bad  bool
	}{
		"patterns":      {strings.Repeat("a\n", maxPatterns), false},
		"many patterns": {strings.Repeat("a\n", maxPatterns+1), true},
		"long pattern":  {strings.Repeat("a*", maxPattern), true},
		"long line":     {strings.Repeat("a", 1<<17), true},
	} {
		_, err := definition{ignore: []byte(c.text)}.ignorePatterns("")
		if c.bad != (err != nil) || c.bad && fail.CodeOf(err) != fail.Config {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnIgnoreFileThatIsNotRead: a build without it would take in what it leaves out.
func TestAnIgnoreFileThatIsNotRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Dockerfile.dockerignore", ".dockerignore"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "Dockerfile")
			if err := errors.Join(os.WriteFile(file, []byte("FROM busybox\n"), 0o600), os.Mkdir(filepath.Join(dir, name), 0o700)); err != nil {
				t.Fatal(err)
			}
			def, err := readDefinition(Spec{Service: "web", Context: dir, Dockerfile: file})
			if err == nil {
				_, err = def.ignorePatterns(dir)
			}
			e, ok := errors.AsType[*fail.Error](err)
			if !ok || !errors.Is(err, untrusted.ErrNotRegular) || e.Hint != "replace it with a regular file" {
				t.Errorf("got %v, want that %s is not a regular file", err, name)
			}
		})
	}
}
