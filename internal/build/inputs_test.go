package build

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/fail"
)

// checkout writes files to a new directory; a content that starts with "->" is a
// link, one that starts with "#!" a program.
func checkout(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		put(t, dir, name, content)
	}
	return dir
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.RemoveAll(path))
	mode := fs.FileMode(0o644)
	switch {
	case len(content) > 2 && content[:2] == "->":
		err = errors.Join(err, os.Symlink(content[2:], path))
	case len(content) > 2 && content[:2] == "#!":
		mode = 0o755
		fallthrough
	default:
		err = errors.Join(err, os.WriteFile(path, []byte(content), mode))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func specOf(dir string) Spec {
	return Spec{Service: "web", Root: dir, Context: dir, Dockerfile: filepath.Join(dir, "Dockerfile")}
}

func inputsOf(t *testing.T, s Spec) string {
	t.Helper()
	sum, err := Inputs(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// flask is the Dockerfile that most people write: packages first, then the source.
const flask = "FROM python AS base\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nCMD [\"flask\", \"run\"]\n"

func TestInputsChangeWithWhatTheImageIsMadeFrom(t *testing.T) {
	t.Parallel()
	const late = "FROM a\nWORKDIR /app\nCOPY . .\nRUN make\n"
	for name, test := range map[string]struct {
		dockerfile string
		spec       Spec
		file       string // changed
		content    string // what it is changed to; removed when empty
		differs    bool
	}{
		"the Dockerfile":                           {dockerfile: flask, file: "Dockerfile", content: flask + "USER app\n", differs: true},
		"its line ends":                            {dockerfile: "FROM a\nRUN b\n", file: "Dockerfile", content: "FROM a\r\nRUN b\r\n"},
		"a file that is copied":                    {dockerfile: flask, file: "requirements.txt", content: "flask", differs: true},
		"source":                                   {dockerfile: flask, file: "app.py", content: "x", differs: true},
		"source that a bind mount hides":           {dockerfile: flask, spec: Spec{Hidden: []string{"/app"}}, file: "app.py", content: "x"},
		"packages, though a bind mount hides":      {dockerfile: flask, spec: Spec{Hidden: []string{"/app"}}, file: "requirements.txt", content: "flask", differs: true},
		"another directory is hidden":              {dockerfile: flask, spec: Spec{Hidden: []string{"/ap", "/app/src"}}, file: "app.py", content: "x", differs: true},
		"only a directory of it is hidden":         {dockerfile: flask, spec: Spec{Hidden: []string{"/app/src"}}, file: "src/a.js", content: "x"},
		"a volume shows what is below":             {dockerfile: flask, spec: Spec{Hidden: []string{"/app"}, Shown: []string{"/app/src"}}, file: "src/a.js", content: "x", differs: true},
		"a RUN sees the source":                    {dockerfile: late, spec: Spec{Hidden: []string{"/app"}}, file: "app.py", content: "x", differs: true},
		"a new file":                               {dockerfile: late, file: "new.py", content: "x", differs: true},
		"a file gone":                              {dockerfile: late, file: "app.py", differs: true},
		"an ignored file":                          {dockerfile: late, file: "ignored/x", content: "y"},
		"an exception of the ignored":              {dockerfile: late, file: "ignored/kept", content: "y", differs: true},
		"what devup keeps":                         {dockerfile: late, file: "src/.devup/.env", content: "A=1"},
		"a program's bit":                          {dockerfile: late, file: "run.sh", content: "#!x", differs: true},
		"a link":                                   {dockerfile: late, file: "link", content: "->requirements.txt", differs: true},
		"a file that no COPY names":                {dockerfile: "FROM a\nCOPY package*.json ./\n", file: "app.py", content: "x"},
		"a pattern":                                {dockerfile: "FROM a\nCOPY package*.json ./\n", file: "package-lock.json", content: "x", differs: true},
		"a pattern is not for directories below":   {dockerfile: "FROM a\nCOPY *.json ./\n", file: "src/x.json", content: "x"},
		"a directory":                              {dockerfile: "FROM a\nCOPY src /src\n", file: "src/a.js", content: "x", differs: true},
		"another stage":                            {dockerfile: "FROM a AS other\nCOPY app.py /\nFROM b\nCOPY src /\n", file: "app.py", content: "x"},
		"a stage that is copied from":              {dockerfile: "FROM a AS other\nCOPY app.py /\nFROM b\nCOPY --from=other /app.py /\n", file: "app.py", content: "x", differs: true},
		"a stage by number":                        {dockerfile: "FROM a\nCOPY app.py /\nFROM b\nCOPY --from=0 /app.py /\n", file: "app.py", content: "x", differs: true},
		"a stage that is mounted":                  {dockerfile: "FROM a AS other\nCOPY app.py /\nFROM b\nRUN --mount=from=other,target=/x ls\n", file: "app.py", content: "x", differs: true},
		"a stage below":                            {dockerfile: "FROM a AS other\nCOPY app.py /\nFROM other\nENV A=1\n", file: "app.py", content: "x", differs: true},
		"a stage below by an argument":             {dockerfile: "ARG S=other\nFROM a AS other\nCOPY app.py /\nFROM $S\n", file: "app.py", content: "x", differs: true},
		"hidden, but another stage copies it":      {dockerfile: "FROM a AS dev\nWORKDIR /app\nCOPY . .\nFROM dev AS made\nRUN make\nFROM dev\nCOPY --from=made /x /x\n", spec: Spec{Hidden: []string{"/app"}}, file: "app.py", content: "x", differs: true},
		"hidden in a stage below":                  {dockerfile: "FROM a AS dev\nWORKDIR /app\nCOPY . .\nFROM dev\nCMD x\n", spec: Spec{Hidden: []string{"/app"}}, file: "app.py", content: "x"},
		"an earlier target":                        {dockerfile: "FROM a AS dev\nCOPY src /\nFROM dev AS prod\nCOPY app.py /\n", spec: Spec{Target: "dev"}, file: "app.py", content: "x"},
		"a bind mount of a RUN":                    {dockerfile: "FROM a\nRUN --mount=type=bind,source=app.py,target=/x cat /x\n", file: "app.py", content: "x", differs: true},
		"a name in a variable":                     {dockerfile: "FROM a\nCOPY $X /\n", file: "app.py", content: "x", differs: true},
		"a syntax that is not known":               {dockerfile: "FROM a\nFETCH x\n", file: "app.py", content: "x", differs: true},
		"a trigger":                                {dockerfile: "FROM a AS b\nONBUILD COPY . /\nFROM b\n", file: "app.py", content: "x", differs: true},
		"the directory of a WORKDIR in a variable": {dockerfile: "FROM a\nWORKDIR $X\nCOPY . .\n", spec: Spec{Hidden: []string{"/app"}}, file: "app.py", content: "x", differs: true},
		"what a link that is copied points to":     {dockerfile: "FROM a\nCOPY link /\n", file: "app.py", content: "x", differs: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{
				"Dockerfile": test.dockerfile, "requirements.txt": "", "app.py": "print()", "run.sh": "x", "src/a.js": "", "package.json": "{}",
				".dockerignore": "ignored\n!ignored/kept\n.dockerignore\nDockerfile\n", "ignored/x": "", "link": "->app.py",
			}
			dir := checkout(t, files)
			s := specOf(dir)
			s.Target, s.Hidden, s.Shown = test.spec.Target, test.spec.Hidden, test.spec.Shown
			before := inputsOf(t, s)
			if test.content == "" {
				if err := os.Remove(filepath.Join(dir, test.file)); err != nil {
					t.Fatal(err)
				}
			} else {
				put(t, dir, test.file, test.content)
			}
			if after := inputsOf(t, s); (after != before) != test.differs {
				t.Errorf("the inputs differ: %v, want %v", after != before, test.differs)
			}
		})
	}
}

func TestInputsAreTheSameInEveryCheckout(t *testing.T) {
	t.Parallel()
	files := map[string]string{"Dockerfile": flask, "requirements.txt": "flask", "app.py": "x", "a/b/c": "d", "link": "->a/b/c"}
	one, two := checkout(t, files), checkout(t, files)
	if err := os.Chmod(filepath.Join(two, "app.py"), 0o664); err != nil {
		t.Fatal(err)
	}
	if a, b := inputsOf(t, specOf(one)), inputsOf(t, specOf(two)); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

func TestInputsChangeWithTheOptions(t *testing.T) {
	t.Parallel()
	dir := checkout(t, map[string]string{"Dockerfile": flask, "requirements.txt": "", "extra/x": ""})
	value := func(text string) *string { return &text }
	base := specOf(dir)
	base.Args = map[string]*string{"A": value("1"), "HTTP_PROXY": value("p")}
	seen := map[string]string{inputsOf(t, base): "nothing"}
	for name, change := range map[string]func(*Spec){
		"an argument":      func(s *Spec) { s.Args = map[string]*string{"A": value("2")} },
		"one more":         func(s *Spec) { s.Args = map[string]*string{"A": value("1"), "B": value("")} },
		"the target":       func(s *Spec) { s.Target = "base" },
		"a label":          func(s *Spec) { s.Labels = map[string]string{"a": "b"} },
		"a secret":         func(s *Spec) { s.Secrets = []Secret{{ID: "a"}} },
		"the platform":     func(s *Spec) { s.Platform = "linux/arm64" },
		"an inline file":   func(s *Spec) { s.Inline = "FROM x" },
		"a remote context": func(s *Spec) { s.Context = "https://example.com/x.git" },
	} {
		s := base
		change(&s)
		sum := inputsOf(t, s)
		if other, ok := seen[sum]; ok {
			t.Errorf("%s gives the same inputs as %s", name, other)
		}
		seen[sum] = name
	}
	same := base
	same.Args = map[string]*string{"A": value("1"), "HTTP_PROXY": value("q"), "C": nil}
	same.Secrets, same.Service, same.Image = nil, "other", "x"
	if inputsOf(t, same) != inputsOf(t, base) {
		t.Error("a proxy or the service's name changes the inputs")
	}
}

func TestInputsFollowAdditionalContexts(t *testing.T) {
	t.Parallel()
	dir := checkout(t, map[string]string{"Dockerfile": "FROM shared\nCOPY --from=extra x /\n"})
	extra := checkout(t, map[string]string{"x": "1"})
	below := checkout(t, map[string]string{"Dockerfile": "FROM a\nCOPY y /\n", "y": "1"})
	s := specOf(dir)
	s.Contexts = map[string]string{"extra": extra, "unused": filepath.Join(dir, "gone")}
	s.Bases = map[string]Spec{"shared": specOf(below)}
	sums := []string{inputsOf(t, s)}
	put(t, extra, "x", "2")
	sums = append(sums, inputsOf(t, s))
	put(t, below, "y", "2")
	sums = append(sums, inputsOf(t, s))
	slices.Sort(sums)
	if len(slices.Compact(sums)) != 3 {
		t.Errorf("the inputs do not follow: %v", sums)
	}
}

func TestInputsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		spec  func(dir string) Spec
		code  fail.Code
		text  string
	}{
		"no context":           {spec: func(dir string) Spec { return Spec{Service: "web", Root: dir, Context: filepath.Join(dir, "gone")} }, code: fail.Config, text: "gone: the build context of web does not exist"},
		"a file for a context": {files: map[string]string{"x": ""}, spec: func(dir string) Spec { return Spec{Service: "web", Root: dir, Context: filepath.Join(dir, "x")} }, code: fail.Config, text: "x: the build context of web is not a directory"},
		"no Dockerfile":        {spec: specOf, code: fail.Config, text: "Dockerfile: the Dockerfile of web does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Inputs(t.Context(), test.spec(checkout(t, test.files)))
			if err == nil || fail.CodeOf(err) != test.code || err.Error() != test.text {
				t.Errorf("got %v (%s), want %s (%s)", err, fail.CodeOf(err), test.text, test.code)
			}
		})
	}
}

// TestInputsCanBeInterrupted: hashing ends in the list of files and in the middle of one.
func TestInputsCanBeInterrupted(t *testing.T) {
	t.Parallel()
	dir := checkout(t, map[string]string{"Dockerfile": "FROM a\nCOPY . /\n", "x": "content"})
	cause := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if _, err := Inputs(ctx, specOf(dir)); !errors.Is(err, cause) {
		t.Errorf("got %v, want %v", err, cause)
	}
	if err := (&file{name: "x", size: 7}).hash(ctx, specOf(dir)); !errors.Is(err, cause) {
		t.Errorf("a file: got %v, want %v", err, cause)
	}
	if _, err := (untilDone{ctx, strings.NewReader("content")}).Read(make([]byte, 7)); !errors.Is(err, cause) {
		t.Errorf("a read: got %v, want %v", err, cause)
	}
}

func TestAFileThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	if os.Getuid() <= 0 || runtime.GOOS == "windows" {
		t.Skip("root may read everything, and Windows has no such bits")
	}
	dir := checkout(t, map[string]string{"Dockerfile": "FROM a\nCOPY . /\n", "x": ""})
	if err := os.Chmod(filepath.Join(dir, "x"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Inputs(t.Context(), specOf(dir)); fail.CodeOf(err) != fail.Denied {
		t.Errorf("got %v, want it denied", err)
	}
}
