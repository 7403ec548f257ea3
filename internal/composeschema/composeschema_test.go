package composeschema

import (
	"fmt"
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
	schema := Decode()
	clear(schema)
	if len(Decode()) == 0 {
		t.Error("the schema is shared with the caller")
	}
}

// TestViolations: the deepest errors with all that is wrong there, and no key that is only
// unevaluated because of them.
func TestViolations(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	service := func(s m) m { return m{"services": m{"web": s}} }
	for _, test := range []struct {
		name     string
		document any
		want     string
	}{
		{"right", service(m{"image": "a", "ports": []any{"80", 81}}), ""},
		{"a type", service(m{"image": 5}), "services.web.image Type"},
		{"two forms", service(m{"image": "a", "environment": "A=1"}), "services.web.environment Type Type"},
		{"an unknown key", service(m{"imag": "a"}), "services.web.imag FalseSchema"},
		{"a deep unknown key", service(m{"healthcheck": m{"tst": 1}}), "services.web.healthcheck AdditionalProperties"},
		{"a text at the top", "x", " Type"},
	} {
		var got []string
		for _, v := range Violations(test.document) {
			text := strings.Join(v.Path, ".")
			for _, k := range v.Kinds {
				text += " " + strings.TrimPrefix(fmt.Sprintf("%T", k), "*kind.")
			}
			got = append(got, text)
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
