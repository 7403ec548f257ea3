package dataservice

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/tree"
)

// builtIn are the clients that Bun has itself: https://bun.com/docs/api/sql and
// https://bun.com/docs/api/redis.
var builtIn = []struct {
	service string
	pattern *lazyregexp.Regexp
}{
	{"postgres", lazyregexp.New(`\bimport\s*\{[^{}]*\b(?:sql|SQL|postgres)\b[^{}]*\}\s*from\s*["']bun["']|\bBun\.(?:sql|SQL|postgres)\b`)},
	{"redis", lazyregexp.New(`\bimport\s*\{[^{}]*\b(?:redis|RedisClient)\b[^{}]*\}\s*from\s*["']bun["']|\bBun\.(?:redis|RedisClient)\b`)},
}

// importClues are the clients that a source of Bun or Deno imports and that no manifest lists.
func importClues(file tree.File) []Clue {
	switch path.Ext(file.Path) {
	case ".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts":
	default:
		return nil
	}
	var clues []Clue
	if strings.Contains(file.Text, "bun") || strings.Contains(file.Text, "Bun.") {
		for _, client := range builtIn {
			if at := client.pattern.FindStringIndex(file.Text); at != nil {
				clues = append(clues, Clue{Service: client.service, Evidence: file.At(at[0], Lookup(client.service).Title+" client of Bun")})
			}
		}
	}
	for _, m := range manifest.Specifier.FindAllStringSubmatchIndex(file.Text, maxClues) {
		if name := file.Text[m[2]:m[3]]; ofPackage(manifest.Deno, name) != nil {
			clues = append(clues, Clue{Service: ofPackage(manifest.Deno, name).Name, Evidence: file.At(m[0], name)})
		}
	}
	return clues
}
