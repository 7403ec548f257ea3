package build

import (
	"io/fs"
	"testing"
)

// TestMemoryDistinguishesContents: two Dockerfiles of the same length are not the same to
// a builder that compares sizes and times.
func TestMemoryDistinguishesContents(t *testing.T) {
	t.Parallel()
	statOf := func(content string) (size, modTime int64) {
		err := memory{"Dockerfile": []byte(content)}.Walk(t.Context(), "", func(_ string, entry fs.DirEntry, _ error) error {
			info, err := entry.Info()
			if err == nil {
				size, modTime = info.Size(), info.ModTime().UnixNano()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return size, modTime
	}
	size, one := statOf("RUN echo one")
	other, two := statOf("RUN echo two")
	_, again := statOf("RUN echo one")
	if size != other || one == two || one != again {
		t.Errorf("one %v of %d, two %v of %d, one again %v", one, size, two, other, again)
	}
}
