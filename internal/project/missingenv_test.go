package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeysOfAMissingEnvFile(t *testing.T) {
	t.Parallel()
	const compose = "-- compose.yaml --\nservices:\n  api:\n    build: ./api\n    env_file: api.env\n    environment: {FLASK_DEBUG: 1}\n"
	tests := []struct{ name, files, want string }{
		{
			"what Python reads", "-- api/app.py --\nimport os\nkey = os.getenv(\"API_KEY\")\nurl = os.environ['DATABASE_URL']\nos.environ.get('FLASK_DEBUG')\nos.environ['lower']",
			"; the sources read API_KEY, DATABASE_URL",
		},
		{
			"what JavaScript reads", "-- api/src/index.ts --\nconst a = process.env.TOKEN ?? process.env[\"SECOND\"]\nconst m = process.env.NODE_ENV; import.meta.env.VITE_API",
			"; the sources read SECOND, TOKEN, VITE_API",
		},
		{"what others read", "-- api/main.go --\nos.Getenv(\"A_B\")\n-- api/app/x.rb --\nENV.fetch('C') + ENV[\"D\"]", "; the sources read A_B, C, D"},
		{
			"what is read deep below", "-- api/src/pages/auth/Login.js --\nprocess.env.DEEP\n-- api/lib/cognito/token.py --\nos.getenv('DEEPER')",
			"; the sources read DEEP, DEEPER",
		},
		{
			"not what libraries, builds and tests read", "-- api/node_modules/x/index.js --\nprocess.env.A\n-- api/web/build/x.js --\nprocess.env.B\n-- api/.cache/x.js --\nprocess.env.C\n" +
				"-- api/py/pyvenv.cfg --\n-- api/py/lib/x.py --\nos.getenv('D')\n-- api/tests/x.py --\nos.getenv('E')\n-- api/x.test.js --\nprocess.env.F\n-- api/README.md --\nprocess.env.PROSE", "",
		},
		{"an example goes before", "-- api/app.py --\nos.getenv('NO')\n-- api.env.example --\nYES=1\nexport TOO=2", "; api.env.example shows what belongs in it: TOO, YES"},
		{"an example for the directory", "-- .env.example --\nYES=", "; .env.example shows what belongs in it: YES"},
		{"nothing known", "-- x --", ""},
		{"many", "-- api.env.dist --\nA=\nB=\nC=\nD=\nE=\nF=\nG=\nH=\nI=\nJ=\nK=\nL=", "; api.env.dist shows what belongs in it: A, B, C, D, E, F, G, H, I, J and 2 more"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := load(t, directory(t, compose+test.files), Options{})
			if got, want := strings.Join(p.Notes, "\n"), "api: the env_file api.env does not exist and is left out"+test.want; got != want {
				t.Errorf("notes:\n%s\nwant:\n%s", got, want)
			}
			if len(p.MissingEnvFiles) != 1 {
				t.Errorf("missing %+v", p.MissingEnvFiles)
			}
		})
	}
}

func TestOneMissingEnvFileOfTwoServicesIsOneMatter(t *testing.T) {
	t.Parallel()
	p := loadText(t, "services:\n  web: {image: a, env_file: .env.local}\n  api: {image: a, env_file: [{path: .env.local}, {path: other, required: false}]}\n")
	if got, want := strings.Join(p.Notes, "\n"), "api, web: the env_file .env.local does not exist and is left out"; got != want {
		t.Errorf("notes:\n%s\nwant:\n%s", got, want)
	}
}

// Of several env files the last one wins, environment wins over them, and a raw one is
// taken as it is written.
func TestEnvFilesOfAllForms(t *testing.T) {
	t.Parallel()
	p := load(t, directory(t, `
-- compose.yaml --
services:
  web:
    image: nginx
    environment: {OWN: own, PASSED: null}
    env_file:
      - one.env
      - {path: two.env, required: true}
      - {path: raw.env, format: raw}
      - {path: gone.env, required: false}
-- one.env --
A=one
B=one
OWN=file
# a comment
export QUOTED="a b # c"
NAMED=${WHO:-me}-$A
-- two.env --
B=two
-- raw.env --
RAW="$A" # kept
`), Options{Env: map[string]string{"PASSED": "yes", "WHO": "you"}})
	want := "A=one\nB=two\nNAMED=you-one\nOWN=own\nPASSED=yes\nQUOTED=a b # c\nRAW=\"$A\" # kept"
	if got := environmentOf(p, "web"); got != want {
		t.Errorf("environment:\n%s\nwant:\n%s", got, want)
	}
	if len(p.Notes) > 0 {
		t.Errorf("nothing is missing, but there are %q", p.Notes)
	}
}

// Somebody's data or a library without a name that is known may lie below: the look ends.
func TestTheLookIntoSourcesIsBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range mostSources + 1 {
		if err := os.WriteFile(filepath.Join(dir, "a", fmt.Sprintf("%d.py", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	near := filepath.Join(dir, "z.py")
	if err := os.WriteFile(near, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if files := sourcesBelow(dir); len(files) != mostSources || files[0] != near {
		t.Errorf("%d files, the first is %s; want %d and %s", len(files), files[0], mostSources, near)
	}
}
