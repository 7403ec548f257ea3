package project_test

import (
	"testing"

	"github.com/devup-cli/devup/internal/project"
)

func TestCheckout(t *testing.T) {
	t.Parallel()
	const own = "shop-9812b0" // shop with a hash of /b
	tests := []struct {
		name     string
		worktree bool
		owners   map[string]string
		want     string
	}{
		{"nobody has the name", false, nil, "shop"},
		{"it is ours", false, map[string]string{"shop": "/b"}, "shop"},
		{"another clone has it", false, map[string]string{"shop": "/a"}, own},
		{"another clone had it, and we have kept our own", false, map[string]string{own: "/b"}, own},
		{"a linked worktree", true, nil, own},
		{"a linked worktree that has the plain name already", true, map[string]string{"shop": "/b"}, "shop"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := project.Checkout("shop", "/b", test.worktree, test.owners); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
