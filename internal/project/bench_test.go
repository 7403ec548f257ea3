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
	if err := os.WriteFile(filepath.Join(dir, "devup.yaml"), []byte(twoServices), 0o644); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p, err := Load(b.Context(), Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		p.Resolve(nil, laptop)
	}
}
