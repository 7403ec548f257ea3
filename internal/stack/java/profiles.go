package java

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	settingsName  = lazyregexp.New(`^application(?:-([\w-]+))?\.(?:properties|ya?ml)$`)
	activeProfile = lazyregexp.New(`(?m)^[ \t]*(?:spring\.)?profiles\.active[ \t]*[=:][ \t]*(.*?)[ \t]*$|^[ \t]+profiles:[ \t]*\n(?:[ \t]*\n)*[ \t]+active:[ \t]*(.*?)[ \t]*$`)
	ofProfile     = lazyregexp.New(`(?m)^[ \t]*(?:[\w.]*\bon-profile|(?:spring\.)?profiles)[ \t]*[=:][ \t]*["']?([\w!|, -]+?)["']?[ \t]*$`)
	documentEnd   = lazyregexp.New(`(?m)^(?:[#!]?---)[ \t]*$`)
)

// development are the profiles that are taken for those of a laptop where no setting says which
// one is active.
var development = []string{"dev", "local", "development"}

// live is a file of Spring's settings without what does not count on a laptop: what is for a
// profile that is not active, and what an active one sets again.
// https://docs.spring.io/spring-boot/reference/features/external-config.html
func live(t *tree.Tree, file tree.File) tree.File {
	name := settingsName.FindStringSubmatch(path.Base(file.Path))
	if name == nil {
		return file
	}
	dir := path.Dir(file.Path)
	active := activeIn(t, dir)
	if name[1] != "" && !slices.Contains(active, name[1]) {
		file.Text = ""
		return file
	}
	again := map[string]bool{}
	if name[1] == "" {
		for _, profile := range active {
			for _, other := range settingsOf(t, dir, profile) {
				for key := range keys(other) {
					again[key] = true
				}
			}
		}
	}
	documents := documentsOf(t.Text(file.Path)) // the marks between them are comments in .properties
	for i, d := range slices.Backward(documents) {
		text := tree.BlankComments(d, "#")
		if of := ofProfile.FindStringSubmatch(text); of != nil && !isActive(of[1], active) {
			text = ""
		}
		documents[i] = without(d, tree.File{Path: file.Path, Text: text}, again)
	}
	file.Text = strings.Join(documents, "")
	return file
}

// settingsOf are the texts of the settings of a profile in a directory.
func settingsOf(t *tree.Tree, dir, profile string) []tree.File {
	var files []tree.File
	for _, ending := range []string{".properties", ".yml", ".yaml"} {
		if name := path.Join(dir, "application-"+profile+ending); t.Has(name) {
			files = append(files, t.Source(name))
		}
	}
	return files
}

// activeIn are the profiles that run on a laptop by the settings of a directory.
func activeIn(t *tree.Tree, dir string) []string {
	for _, ending := range []string{".properties", ".yml", ".yaml"} {
		text := tree.BlankComments(t.Text(path.Join(dir, "application"+ending)), "#")
		m := activeProfile.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		value := strings.Trim(m[1]+m[2], `"' `)
		if _, after, found := strings.Cut(strings.TrimSuffix(value, "}"), "${"); found {
			_, value, _ = strings.Cut(after, ":") // ${SPRING_PROFILES_ACTIVE:dev}
		}
		if value != "" && !strings.Contains(value, "@") { // what Maven fills in
			return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		}
	}
	return development
}

// isActive says whether one of the profiles in an expression counts.
func isActive(expression string, active []string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(expression, func(r rune) bool { return r == ',' || r == '|' || r == ' ' }), func(word string) bool {
		if not, found := strings.CutPrefix(word, "!"); found {
			return !slices.Contains(active, not)
		}
		return slices.Contains(active, word)
	})
}

// documentsOf divides a text at the marks between documents, which stay with the one before.
func documentsOf(text string) []string {
	var documents []string
	at := 0
	for _, m := range documentEnd.FindAllStringSubmatchIndex(text, -1) {
		documents = append(documents, text[at:m[1]])
		at = m[1]
	}
	return append(documents, text[at:])
}

// without is a document that keeps the lines that count, the others blank. What it sets counts
// as set again for those before it.
func without(document string, counts tree.File, again map[string]bool) string {
	lines := strings.Split(document, "\n")
	kept := strings.Split(counts.Text, "\n")
	own := keys(counts)
	for i, line := range lines {
		if i >= len(kept) || counts.Text == "" {
			lines[i] = strings.Repeat(" ", len(line))
		} else {
			lines[i] = kept[i]
		}
	}
	for key, i := range own {
		if again[key] && i < len(lines) {
			lines[i] = strings.Repeat(" ", len(lines[i]))
		}
	}
	for key := range own {
		again[key] = true
	}
	return strings.Join(lines, "\n")
}

var (
	setting = lazyregexp.New(`^([ \t]*)([\w.\[\]"'/-]+?)[ \t]*[:=](?:[ \t]+|$|[^ \t:])`)
	isYAML  = func(name string) bool { return strings.HasPrefix(path.Ext(name), ".y") }
)

// keys are the full names of what a file sets to a value, with the lines, counted from 0.
func keys(file tree.File) map[string]int {
	found := map[string]int{}
	type level struct {
		indent int
		name   string
	}
	var above []level
	for i, line := range strings.Split(file.Text, "\n") {
		m := setting.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		indent, name := m[3]-m[2], stack.Group(line, m, 2)
		if !isYAML(file.Path) {
			found[name] = i
			continue
		}
		for len(above) > 0 && above[len(above)-1].indent >= indent {
			above = above[:len(above)-1]
		}
		if len(above) > 0 {
			name = above[len(above)-1].name + "." + name
		}
		if strings.TrimSpace(line[m[5]:]) == ":" {
			above = append(above, level{indent, name})
			continue
		}
		found[name] = i
	}
	return found
}
