package filenames

import "testing"

// TestInteresting: the files that a decision may open; all others are as if they did not exist.
func TestInteresting(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"package.json": true, "a.py": true, "a.tsx": true, ".env.local": true, "web.ENV": true, "Dockerfile.dev": true, "dev.dockerfile": true, "ReadMe.rst": true, "base.TXT": true,
		"compose.yml": true, "docker-compose.ci.yaml.bak": false, "a.md": false, "a.png": false, "a.go": true, "a.c": false, "data.json": false, ".tool-versions": true,
	} {
		if got := IsInteresting(name); got != want {
			t.Errorf("IsInteresting(%s) = %v", name, got)
		}
	}
	for name, want := range map[string]bool{"package.json": true, "requirements.txt": true, "Pipfile": false, "a.py": false} {
		if got := IsManifest(name); got != want {
			t.Errorf("IsManifest(%s) = %v", name, got)
		}
	}
}
