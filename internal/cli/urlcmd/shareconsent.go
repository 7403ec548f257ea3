package urlcmd

import (
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/expose"
	"github.com/devup-cli/devup/internal/project"
)

// shareQuestion is what a user agrees to with one yes: these ports of the checkout, and those
// that a gateway leads to, opened by this program. Anything else is another question.
func shareQuestion(p *project.Project, tool string, rows []expose.Row) string {
	var ports []string
	for _, r := range rows {
		for _, service := range expose.Through(p, r) {
			ports = append(ports, service+":"+strconv.Itoa(r.Target))
		}
	}
	slices.Sort(ports)
	return "share through " + tool + ": " + strings.Join(ports, ", ")
}
