package project

import (
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkLoad loads a project of two services, again and again; the first
// time is slower by the compilation of Compose's schema.
func BenchmarkLoad(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte("services:\n  api: {build: ./api, ports: [\"4567:4567\"]}\n  web: {build: ./web, ports: [\"3000:3000\"], environment: {API: \"${DEVUP_URL_API}\"}}\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(b.Context(), Options{Dir: dir}); err != nil {
			b.Fatal(err)
		}
	}
}
