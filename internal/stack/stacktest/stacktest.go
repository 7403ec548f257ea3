// Package stacktest shows what stacks find in sources as text, for tests.
package stacktest

import (
	"fmt"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Sources are the files of an archive of "-- name --" sections.
func Sources(archive string) []tree.File {
	var sources []tree.File
	for _, file := range txtar.Parse([]byte(archive)).Files {
		sources = append(sources, tree.File{Path: file.Name, Text: string(file.Data)})
	}
	return sources
}

// Uses are variables as "A B=value? C": with a question mark where the code has a default.
func Uses(uses []stack.Use) string {
	var all []string
	for _, u := range uses {
		text := u.Name
		if u.Value != "" || u.Set {
			text += "=" + u.Value
		}
		if u.Set {
			text += "?"
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

// Routes are paths as "GET /a a.js:1|/b a.js:2".
func Routes(routes []stack.Route) string {
	var all []string
	for _, r := range routes {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s:%d", map[bool]string{true: "GET"}[r.Get], r.Path, r.At.File, r.At.Line)))
	}
	return strings.Join(all, "|")
}
