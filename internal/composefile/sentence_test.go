package composefile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestUnquoted: a name in the sentence of the schema's validation is the name in the file.
func TestUnquoted(t *testing.T) {
	t.Parallel()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", map[string]any{"additionalProperties": false}); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("schema.json")
	for _, name := range []string{"web", "my web", "w\x1b[31meb", `a\b`, `it's`, `say "x"`, "a, b", "ä\t\x00", `\'`, `\"`, ""} {
		err := schema.Validate(map[string]any{name: 1})
		_, list, _ := strings.Cut(fmt.Sprint(err), "additional properties ")
		if got := unquoted(list); got != name {
			t.Errorf("%s is %q, want %q", list, got, name)
		}
	}
}
