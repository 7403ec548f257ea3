package detect

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/detect/runfiles"
)

// TestEnvsOf: which env files of a directory say something about development; a star marks
// those that are loaded.
func TestEnvsOf(t *testing.T) {
	t.Parallel()
	const files = "-- .env --\nA=1\n-- .env.example --\n# A=2\nB=2\n-- .env.production --\n-- .env.test --\n-- .env.staging --\n-- .envrc --\n-- dev.env --\n-- .flaskenv --\n-- environment.py --\n"
	s, err := begin(filesOf(files))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, env := range runfiles.EnvFilesIn(s.tree, ".") {
		text := env.Path
		if env.Loaded {
			text += "*"
		}
		got = append(got, text)
	}
	if text, want := strings.Join(got, " "), ".env* .flaskenv* .env.example dev.env"; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	example := runfiles.EnvFilesIn(s.tree, ".")[2]
	if example.Value("A") != "" || example.Value("B") != "2" || example.At("B") != (Evidence{File: ".env.example", Line: 2, Text: "B"}) || example.At("C") != (Evidence{File: ".env.example"}) {
		t.Errorf("the example holds %+v", example)
	}
}

// TestVariables: what a service reads or an env file names, with "?" where a value is not needed
// and "!" for secrets.
func TestVariables(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"of the source", apiFiles + "-- api/config.py --\nos.getenv('A')\nos.getenv('B', 'x')\nos.environ['API_KEY']\n", "A API_KEY! B?"},
		{"settings are none", apiFiles + "-- api/config.py --\nos.getenv('PORT') + os.getenv('FLASK_DEBUG') + os.getenv('DEVUP_X') + os.getenv('GITPOD_HOST')\n", ""},
		{"of env files", apiFiles + "-- api/.env --\nA=1\nEMPTY=\n-- api/.env.example --\nB=1\n", "A? B EMPTY"},
		{"of a Compose file", apiFiles + "-- api/config.py --\nos.getenv('A')\nos.getenv('B')\n-- compose.yaml --\nservices: {api: {build: api, environment: {A: 1, B: null, C: 1}}}\n", "A? B"},
		{"a password in a value", apiFiles + "-- api/config.py --\nos.getenv('STORE', 'amqp://u:p@db/x')\n", "STORE?!"},
		{"a default in one place of two", apiFiles + "-- api/a.py --\nos.getenv('A')\n-- api/b.py --\nos.getenv('A', 'x')\n", "A?"},
		{"tests do not count", apiFiles + "-- api/test_a.py --\nos.getenv('A')\n-- api/tests/b.py --\nos.getenv('B')\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, v := range found(t, scanned(t, test.files), "api").Variables {
				got = append(got, v.Name+map[bool]string{true: "?"}[v.Default]+map[bool]string{true: "!"}[v.Secret])
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %s, want %s", text, test.want)
			}
		})
	}
}
