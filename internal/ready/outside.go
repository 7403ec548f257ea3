package ready

import (
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/stack/stacks"
)

// outsideHint says how the program of a service is told to listen on all addresses: by what
// it prints, else by the stack that the config names. The first that fits counts.
func outsideHint(p Probe, lines []string) string {
	fill := func(hint string) string {
		if strings.Contains(hint, "%d") {
			return fmt.Sprintf(hint, p.Target)
		}
		return hint
	}
	for _, s := range stacks.All() {
		if s.Listen.Prints != nil && slices.ContainsFunc(lines, s.Listen.Prints.MatchString) {
			return fill(s.Listen.Hint)
		}
	}
	if s := stacks.Default(p.Stack); s != nil && s.Listen.Hint != "" {
		return fill(s.Listen.Hint)
	}
	return "make it listen on 0.0.0.0; many servers take --host 0.0.0.0 or HOST=0.0.0.0"
}
