package node

import (
	"path"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// fileImports are the imports of a source by path.
var fileImports = lazyregexp.New(`(?m)^[^\n/*]*?(?:\bfrom\s*|\brequire\(\s*|\bimport\s*\(?\s*)["'](\.{1,2}/[^"'\n?]+)["']`)

// remarkLetters names the first import that says a file's name with other letters: macOS and Windows
// find the file, Linux does not, and so no container.
func remarkLetters(a *stack.App) {
	byLower := map[string]string{}
	for _, dir := range a.Tree.Paths {
		for _, name := range a.Tree.Directory(dir).Names {
			full := path.Join(dir, name)
			byLower[strings.ToLower(full)] = full
		}
	}
	var first tree.Evidence
	more := 0
	for _, source := range a.Sources {
		for _, match := range fileImports.FindAllStringSubmatchIndex(source.Text, -1) {
			named := source.Text[match[2]:match[3]]
			wanted := path.Join(path.Dir(source.Path), named)
			switch meant := otherLetters(a.Tree, byLower, wanted); {
			case meant == "":
			case first.File != "":
				more++
			default:
				first = source.At(match[2], "imports "+named+", and the file is "+tree.From(path.Dir(source.Path), meant))
			}
		}
	}
	if first.File == "" {
		return
	}
	first.Text += stack.AndIn(more) + ": Linux, and so a container, tells them apart"
	a.Remark(first, "write the name as the file has it")
}

// otherLetters is the file that a path means where letters count for nothing; empty where it means
// one as it is, or none.
func otherLetters(t *tree.Tree, byLower map[string]string, wanted string) (meant string) {
	candidates := []string{wanted}
	for _, ending := range endings {
		candidates = append(candidates, wanted+ending, path.Join(wanted, "index"+ending))
	}
	if base, isJS := strings.CutSuffix(wanted, ".js"); isJS {
		candidates = append(candidates, base+".ts", base+".tsx")
	}
	for _, name := range candidates {
		if t.Has(name) {
			return ""
		}
		if found := byLower[strings.ToLower(name)]; found != "" && meant == "" {
			meant = found
		}
	}
	return meant
}
