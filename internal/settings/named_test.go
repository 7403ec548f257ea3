package settings

import (
	"slices"
	"testing"
)

func TestChanged(t *testing.T) {
	t.Parallel()
	s, err := Load(nil, func(string) (string, bool) { return "", false }, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Changed(); len(got) > 0 {
		t.Errorf("of the defaults: got %v", got)
	}
	s.Host, s.Yes = "ssh://box", true
	if got, want := s.Changed(), []Named{{"host", "ssh://box"}, {"yes", "true"}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
