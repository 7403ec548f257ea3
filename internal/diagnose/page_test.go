package diagnose

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/diagnose/rule"
)

var update = flag.Bool("update", false, "write the tables of docs/troubleshooting.md from the rules")

// TestPage: the tables of reasons in docs/troubleshooting.md are made of the rules.
func TestPage(t *testing.T) {
	t.Parallel()
	for header, scope := range map[string]Scope{"reason": program | Start, "reason of a build": Build, "reason of a registry": registry} {
		table(t, "../../docs/troubleshooting.md", header, rows(scope), *update)
	}
}

// rows are the rows of a table, by reason: what its rules say that name what is the matter,
// or its first rule where none does.
func rows(scope Scope) []string {
	wrong, todo := map[string][]string{}, map[string][]string{}
	add := func(to map[string][]string, reason, text string) {
		if text != "" && !slices.Contains(to[reason], prose(text)) {
			to[reason] = append(to[reason], prose(text))
		}
	}
	for _, all := range []bool{false, true} {
		for r := range rules {
			known := &rules[r]
			if known.Scope&scope == 0 || known.Rank < rule.Middle && !all || all && wrong[known.Reason] != nil {
				continue
			}
			add(wrong, known.Reason, known.Sentence)
			add(todo, known.Reason, hint(known, scope))
		}
	}
	var found []string
	for _, reason := range slices.Sorted(maps.Keys(wrong)) {
		found = append(found, "| `"+reason+"` | "+strings.Join(wrong[reason], "<br>")+" | "+cmp.Or(strings.Join(todo[reason], "<br>"), "read the lines that are shown")+" |")
	}
	return found
}

// prose is a rule's text for a page, in which NAME replaces $name.
func prose(text string) string {
	text = optional.ReplaceAllStringFunc(text, func(part string) string {
		with, _, _ := strings.Cut(part[1:len(part)-1], "|")
		return with
	})
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string { return strings.ToUpper(name[1:]) })
	return strings.NewReplacer("<", "&lt;", "|", "\\|").Replace(text)
}

// table holds the rows of the table whose first heading is header to those that the code
// gives; with update it writes them into the page instead.
func table(t *testing.T, file, header string, rows []string, update bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), "| "+header+" |")
	head, rest, _ := strings.Cut(rest, "\n")
	rule, rest, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatalf("%s has no table with the heading %q", file, header)
	}
	after := rest
	for strings.HasPrefix(after, "|") {
		_, after, _ = strings.Cut(after, "\n")
	}
	want := strings.Join(rows, "\n") + "\n"
	if rest[:len(rest)-len(after)] == want {
		return
	}
	if !update {
		t.Errorf("the table %q of %s is not what the code gives: run the test with -update", header, file)
		return
	}
	if err := os.WriteFile(file, []byte(before+"| "+header+" |"+head+"\n"+rule+"\n"+want+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
