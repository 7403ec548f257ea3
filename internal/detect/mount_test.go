package detect

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
		if got := parseDockerfile("Dockerfile", test.file).copiesContextTo(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestMount: only a server that reloads gets its source mounted over the image's copy.
func TestMount(t *testing.T) {
	t.Parallel()
	const files = "-- api/package.json --\n{\"scripts\": {\"dev\": \"nodemon a.js\"}, \"dependencies\": {\"express\": \"4\"}}\n-- api/Dockerfile --\nFROM node\nWORKDIR /app\nCOPY . .\nRUN npm i\nEXPOSE 3000\n"
	dev := found(t, scanned(t, files+"CMD [\"npm\", \"run\", \"dev\"]\n"), "api")
	if dev.Mounted != "/app" || len(dev.Installed) != 1 || dev.Installed[0] != "/app/node_modules" {
		t.Errorf("mounted at %q without %v", dev.Mounted, dev.Installed)
	}
	if start := found(t, scanned(t, files+"CMD [\"node\", \"a.js\"]\n"), "api"); start.Mounted != "" {
		t.Errorf("a server that does not reload is mounted at %q", start.Mounted)
	}
}
