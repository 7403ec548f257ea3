package cli

import (
	"path/filepath"
	"testing"
)

func TestFolderGone(t *testing.T) {
	t.Parallel()
	here := t.TempDir()
	tests := []struct {
		name, dir string
		want      bool
	}{
		{"it is there", here, false},
		{"removed", filepath.Join(here, "shop"), true},
		{"removed with what was around it", filepath.Join(here, "code", "shop"), true},
		{"in a home that is not here", "/home/nobody-of-this-name/shop", false},
		{"in a home of another system", "/Users/ann/shop", false},
		{"on a disk that is not mounted", "/media/ann/disk/shop", false},
		{"in a folder of the root that is not here", "/no-such-folder/shop", false},
		{"of another system", `C:\shop`, false},
		{"not said", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := folderGone(test.dir); got != test.want {
				t.Errorf("folderGone(%q) = %v", test.dir, got)
			}
		})
	}
}
