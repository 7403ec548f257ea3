package detect

import "testing"

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
