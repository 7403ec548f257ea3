package composefile

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestWhoSays: the service whose key has a value, of which the loader does not say the name.
func TestWhoSays(t *testing.T) {
	t.Parallel()
	files := parsedFiles(t, "x: &x linux/arm64\nservices: {a: {platform: x}, b: {platform: $P}, c: {platform: $Q}, d: {platform: *x}}\n")
	for value, want := range map[string]string{"x": "a", "linux/arm64": "d", "filled in": "b"} {
		if got := whoSays(files, "platform", value); got != want {
			t.Errorf("%s is said by %q, want %s", value, got, want)
		}
	}
	if got := whoSays(files, "network_mode", "x"); got != "" {
		t.Errorf("a key that no service has is said by %s", got)
	}
}

func TestFromSmallest(t *testing.T) {
	t.Parallel()
	for circle, want := range map[string]string{"c a b c": "a b c a", "a b a": "a b a", "b a b": "a b a", "a a": "a a", "a": "a a"} {
		if got := strings.Join(fromSmallest(strings.Fields(circle)), " "); got != want {
			t.Errorf("%s: %s, want %s", circle, got, want)
		}
	}
}

func TestNaming(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"db": true, "db:alias": true, "service:db": true, "db:ro": true, "dbs": false, "service:x": false, "x:db": false, "": false} {
		if got := naming(&yaml.Node{Kind: yaml.ScalarNode, Value: value}, "db") != nil; got != want {
			t.Errorf("%q names db: %v", value, got)
		}
	}
	if naming(&yaml.Node{Kind: yaml.MappingNode, Value: "db"}, "db") != nil {
		t.Error("a mapping names a service")
	}
}

// TestOddNodes: the first test, rule, merge or key of a file that is wrong, by its place.
func TestOddNodes(t *testing.T) {
	t.Parallel()
	health := parsedFiles(t, "services:\n  a: {healthcheck: {test: curl x}}\n  b: {healthcheck: {test: [CMD, x]}}\n  c: {healthcheck: {test: []}}\n  d: {healthcheck: {test: [curl, x]}}\n")
	if got := strings.Join(oddHealthcheck(health), "."); got != "services.d.healthcheck.test" {
		t.Errorf("the odd test of a healthcheck is %s", got)
	}
	if got := strings.Join(oddHealthcheck(health[:0]), "."); got != "services" {
		t.Errorf("without one it is %s", got)
	}
	watch := parsedFiles(t, "w: [{action: rebuild}, {action: sync, target: /a}, {path: x}, {action: restart}, {action: sync+restart}]\n")
	if got := strings.Join(watchWithoutTarget(watch, []string{"w"}), "."); got != "w.4" {
		t.Errorf("the rule without a target is %s", got)
	}
	for _, test := range []struct {
		name, text string
		find       func(*yaml.Node) *yaml.Node
		want       int
	}{
		{"a merge of a text", "a: &a {b: 1}\nc:\n  <<: *a\nd:\n  <<: text\n", badMerge, 5},
		{"merges of mappings", "a: &a {b: 1}\nc:\n  <<: [*a, *a]\n", badMerge, 0},
		{"a list as a key", "a: 1\n? [x]\n: 2\n", func(n *yaml.Node) *yaml.Node { return oddKey(n, false) }, 2},
		{"a number as a key", "a: 1\nb:\n  5: 2\n", func(n *yaml.Node) *yaml.Node { return oddKey(n, true) }, 3},
		{"a number as a key, which may be", "a: 1\nb:\n  5: 2\n", func(n *yaml.Node) *yaml.Node { return oddKey(n, false) }, 0},
		{"a merge is no odd key", "a: &a {b: 1}\nc:\n  <<: *a\n", func(n *yaml.Node) *yaml.Node { return oddKey(n, true) }, 0},
	} {
		line := 0
		if n := firstNode(parsedFiles(t, test.text)[0].root, test.find); n != nil {
			line = n.Line
		}
		if line != test.want {
			t.Errorf("%s: line %d, want %d", test.name, line, test.want)
		}
	}
	if firstNode(nil, badMerge) != nil || Target(nil) != nil {
		t.Error("something was found in nothing")
	}
}

// TestSyntaxErrors: the line of what is no YAML, whatever the library says of it.
func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"a: \"b\nc: d\n": 1, "a: [1, 2\nb: 1\n": 2, "a: b: c\n": 1, "a:\n\tb: 1\n": 2, "a: 1\n b: 2\n": 2, "a:\n  - b\n c: 1\n": 3, "a: *b\n": 1, "a: &\n": 1,
	} {
		f, err := parsed("/x/compose.yaml", []byte(text))
		if err == nil {
			t.Errorf("%q is taken for YAML", text)
			continue
		}
		e := failure(t, err)
		if got := fmt.Sprint(e.Line); got != fmt.Sprint(want) || e.File != f.Path || e.Message == "" {
			t.Errorf("%q: line %s of %s: %s, want line %d", text, got, e.File, e.Message, want)
		}
	}
}

// TestOpenQuote: the library counts the line in which it gave up.
func TestOpenQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"A=1\nB='x\nC=2\nD=3\n": 2, "A=\"x\n": 1, "A=1\nB=2": 9} {
		if got := openQuote([]byte(text), 9); got != want {
			t.Errorf("%q: line %d, want %d", text, got, want)
		}
	}
}
