package checkout

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestGoneWhere: what is missing on a disk that is not mounted, or on the host of a
// container, was not removed.
func TestGoneWhere(t *testing.T) {
	t.Parallel()
	if filepath.Separator != '/' {
		t.Skip("paths of Unix")
	}
	tests := []struct {
		name, dir string
		there     []string // besides the root
		want      bool
	}{
		{"on a disk", "/mnt/disk/code/shop", []string{"/mnt", "/mnt/disk", "/mnt/disk/code"}, true},
		{"on a disk that is not mounted, though its directory is there", "/mnt/disk/shop", []string{"/mnt", "/mnt/disk"}, false},
		{"in a home", "/home/ann/shop", []string{"/home", "/home/ann"}, true},
		{"in a home, seen from a container", "/home/ann/shop", []string{"/.dockerenv", "/home"}, false},
		{"elsewhere, seen from Podman's", "/srv/shop", []string{"/run/.containerenv", "/srv"}, false},
		{"in a workspace of a container", "/workspaces/mono/shop", []string{"/.dockerenv", "/workspaces", "/workspaces/mono"}, true},
		{"in the other one", "/workspace/mono/shop", []string{"/run/.containerenv", "/workspace", "/workspace/mono"}, true},
		{"in a workspace that is not in this container", "/workspaces/mono/shop", []string{"/.dockerenv", "/workspaces"}, false},
		{"a workspace that is not in this container", "/workspaces/shop", []string{"/.dockerenv", "/workspaces"}, false},
		{"no root at all", "/shop", nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			missing := func(path string) bool {
				return !slices.Contains(test.there, path) && (path != "/" || test.there == nil)
			}
			if got := removedWhere(missing, test.dir); got != test.want {
				t.Errorf("removedWhere(%q) = %v", test.dir, got)
			}
		})
	}
}

func TestDirectoryGone(t *testing.T) {
	t.Parallel()
	here := t.TempDir()
	shown := missing("/.dockerenv") && missing("/run/.containerenv") // else TestGoneWhere has it
	tests := []struct {
		name, dir string
		want      bool
	}{
		{"it is there", here, false},
		{"removed", filepath.Join(here, "shop"), true},
		{"removed with what was around it", filepath.Join(here, "code", "shop"), shown},
		{"in a home that is not here", "/home/nobody-of-this-name/shop", false},
		{"in a home of another system", "/Users/ann/shop", false},
		{"on a disk that is not mounted", "/media/ann/disk/shop", false},
		{"in a directory of the root that is not here", "/no-such-directory/shop", false},
		{"of another system, or on a disk that is not there", `Q:\shop`, false},
		{"not said", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := Removed(test.dir); got != test.want {
				t.Errorf("Removed(%q) = %v", test.dir, got)
			}
		})
	}
}
