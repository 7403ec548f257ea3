package runfiles

import "testing"

// TestCopiesContextTo: where an image holds the source as it is.
func TestCopiesContextTo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, file, want string }{
		{"the usual", "FROM node\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nCMD npm run dev\n", "/app"},
		{"packages after the source", "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm install && chown -R 1:1 .\n", "/app"},
		{"an absolute target", "FROM node\nADD . /srv/app/\n", "/srv/app"},
		{"a directory below", "FROM node\nWORKDIR /a\nWORKDIR b\nCOPY . src\n", "/a/b/src"},
		{"a build after the source", "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm install && npm run build\n", ""},
		{"a file after the source", "FROM node\nWORKDIR /app\nCOPY . .\nCOPY entry.sh .\n", ""},
		{"from another stage", "FROM node AS a\nCOPY . .\nFROM node\nWORKDIR /app\nCOPY --from=a . .\n", ""},
		{"a stage that builds on it", "FROM node AS a\nWORKDIR /app\nCOPY . .\nFROM a\nCMD x\n", "/app"},
		{"another user", "FROM node\nWORKDIR /app\nCOPY . .\nUSER node\n", ""},
		{"the top of the image", "FROM node\nCOPY . .\n", ""},
		{"a directory of the system", "FROM node\nWORKDIR /usr\nCOPY . .\n", ""},
		{"a directory by a variable", "FROM node\nWORKDIR $DIR\nCOPY . .\n", ""},
		{"a part", "FROM node\nWORKDIR /app\nCOPY src .\n", ""},
		{"nothing", "", ""},
	} {
		if got := ParseDockerfile("Dockerfile", test.file).CopiesContextTo(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
