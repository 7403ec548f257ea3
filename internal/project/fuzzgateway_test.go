package project

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/composefile"
)

// FuzzGateway holds what x-devup says at the top of a file against any text.
func FuzzGateway(f *testing.F) {
	for _, seed := range []string{
		"gateway: true", "gateway: {port: 8080, routes: {/api: api, /: web}}", "gateway: {port: -1}", "setup: {copy: {a: b}}", "gateway: {routes: [a]}", "[1]", "gateway: {routes: {'': web}}",
	} {
		f.Add("x-devup:\n  " + strings.ReplaceAll(seed, "\n", "\n  ") + "\n")
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := composefile.Find(composefile.Options{Files: []string{"-"}, Stdin: func() ([]byte, error) { return []byte(text), nil }})
		if err != nil {
			return
		}
		node := composefile.NodeAt(set.Files, []string{ExtensionKey})
		var value any
		if node == nil || node.Decode(&value) != nil {
			return
		}
		if _, bad := parseTop(value, []string{"api", "web"}); bad != nil && bad.text == "" {
			t.Errorf("%q: an error without a text", text)
		}
		l := loading{Source: &Source{Dir: set.Dir, set: set}}
		_, _ = l.copies() // the error is tested elsewhere
	})
}
