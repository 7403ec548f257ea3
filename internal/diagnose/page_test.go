package diagnose

import (
	"cmp"
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/page"
)

var update = flag.Bool("update", false, "write the tables of docs/troubleshooting.md from the rules")

// TestPage: the tables of reasons in docs/troubleshooting.md are made of the rules.
func TestPage(t *testing.T) {
	t.Parallel()
	for header, scope := range map[string]Scope{"reason": program | Start, "reason of a build": Build, "reason of a registry": registry} {
		page.Table(t, "../../docs/troubleshooting.md", header, rows(scope), *update)
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
			rule := &rules[r]
			if rule.Scope&scope == 0 || rule.Rank < Middle && !all || all && wrong[rule.Reason] != nil {
				continue
			}
			add(wrong, rule.Reason, rule.Sentence)
			add(todo, rule.Reason, rule.hint(scope))
		}
	}
	var found []string
	for _, reason := range slices.Sorted(maps.Keys(wrong)) {
		found = append(found, "| `"+reason+"` | "+strings.Join(wrong[reason], "<br>")+" | "+cmp.Or(strings.Join(todo[reason], "<br>"), "read the lines that are shown")+" |")
	}
	return found
}

// prose is a rule's text for a page, in which NAME stands for $name.
func prose(text string) string {
	text = optional.ReplaceAllStringFunc(text, func(part string) string { return part[1 : len(part)-1] })
	text = placeholder.ReplaceAllStringFunc(text, func(name string) string { return strings.ToUpper(name[1:]) })
	return strings.NewReplacer("<", "&lt;", "|", "\\|").Replace(text)
}
