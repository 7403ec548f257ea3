package detect

import (
	"testing"

	"github.com/devup-cli/devup/internal/detect/runfiles"
)

// TestBuiltFrom: the directory whose files a Dockerfile copies.
func TestBuiltFrom(t *testing.T) {
	t.Parallel()
	const files = "-- package.json --\n{}\n-- package-lock.json --\n{}\n-- apps/api/package.json --\n{}\n-- apps/api/index.js --\n-- apps/api/api/main.js --\n-- apps/api/Dockerfile --\n"
	for _, test := range []struct{ name, file, want string }{
		{"its own files", "FROM node\nCOPY package.json index.js ./\n", ""},
		{"all of them", "FROM node\nWORKDIR /api\nCOPY . .\nRUN npm ci && npx x api\nCMD [\"node\", \"api/main.js\"]\n", ""},
		{"a file of the root", "FROM node\nCOPY package-lock.json ./\nCOPY apps/api ./\n", "."},
		{"a file of the directory above", "FROM node\nADD --chown=1 api/index.js /\n", "apps"},
		{"a command that names it from the root", "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npx turbo prune api --docker\nCMD [\"node\", \"apps/api/index.js\"]\n", "."},
		{"a directory to work in", "FROM node:20\nCOPY . /app\nWORKDIR /app/apps/api\n", "."},
		{"what a build made", "FROM node\nCOPY dist ./dist\n", ""},
		{"another stage", "FROM node AS a\nFROM node\nCOPY --from=a apps/api ./\n", ""},
		{"patterns and variables", "FROM node\nCOPY package*.json $X ./\n", ""},
		{"no Dockerfile", "", ""},
	} {
		s, err := begin(filesOf(files))
		if err != nil {
			t.Fatal(err)
		}
		if got := runfiles.ParseDockerfile("apps/api/Dockerfile", test.file).BuiltFrom(s.tree, "apps/api"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
