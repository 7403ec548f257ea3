package composeschema

import (
	"slices"
	"strings"
	"testing"
)

// TestPlaces: what Compose knows of a place.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for keys, some := range map[string]string{"": "services volumes networks", "services web": "image build ports", "services web healthcheck": "test interval", "services web build": "context dockerfile"} {
		known := Keys(strings.Fields(keys))
		for key := range strings.FieldsSeq(some) {
			if !slices.Contains(known, key) {
				t.Errorf("%q lacks %s: %v", keys, key, known)
			}
		}
		if slices.Contains(known, "zzz") || !slices.IsSorted(known) {
			t.Errorf("%q: %v", keys, known)
		}
	}
	if got := Keys([]string{"zzz", "a"}); got != nil {
		t.Errorf("keys below nothing: %v", got)
	}
	if got := Required(strings.Fields("services web volumes 0")); !slices.Contains(got, "type") {
		t.Errorf("a volume requires %v", got)
	}
	schema := Decode()
	clear(schema)
	if len(Decode()) == 0 {
		t.Error("the schema is shared with the caller")
	}
}
