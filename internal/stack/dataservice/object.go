package dataservice

import (
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	hostKey = lazyregexp.New(`(?i)["']?\bhost["']?\s*:\s*["'][^"'\n]+["']`)
	// ofSettings is what stands in front of an object of settings, in a file that only holds them.
	ofSettings = lazyregexp.New(`(?i)(?:\bexport\s+default|\b\w*(?:config|db|database|conn\w*|options|settings|exports(?:\.\w+)?)(?:\s*:\s*\w+)?\s*=|["']?\b(?:db|database|mysql|postgres|postgresql|pg|sql|mongo|mongodb)["']?\s*:)\s*$`)
)

// objectClues read the address of a database in an object of settings that code elsewhere
// connects with: module.exports = {HOST: "localhost", USER: "root", DB: "shop"}. Known are the
// clues of code in the file that connects with literals itself.
func objectClues(file tree.File, known []Clue) []Clue {
	if slices.ContainsFunc(known, func(c Clue) bool { return c.Address.Host != "" }) {
		return nil
	}
	var clues []Clue
	for _, m := range hostKey.FindAllStringSubmatchIndex(file.Text, 8) {
		start := openedBy(file.Text, m[0])
		if start < 0 || !ofSettings.MatchString(file.Text[max(0, start-200):start]) {
			continue
		}
		block := argumentsOf(file.Text[start:])
		address := opener{}.address("", block)
		if address.Host == "" || address.Name == "" {
			continue
		}
		service := dialectIn(block)
		switch {
		case service == SQLite:
			continue
		case service == "" && address.Port == Lookup("mongo").Port:
			service = "mongo"
		case service == "":
			service = anySQL
		}
		clues = append(clues, Clue{Service: service, Address: address, Fixed: true, Literal: true, Evidence: file.At(m[0], "host: "+address.Host)})
	}
	return clues
}

// openedBy is where the object begins that holds an offset; -1 for none within reach.
func openedBy(text string, at int) int {
	depth := 0
	for i := at - 1; i >= max(0, at-1000); i-- {
		switch text[i] {
		case '}':
			depth++
		case '{':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return -1
}

var bareName = lazyregexp.New(`[(,{:=]\s*([A-Za-z_]\w*)\s*[,)}]`)

// withConstants has literals in the place of the names among the arguments that the same file
// gives one, as in new Sequelize(database, user, password). A name alone in an object is its key
// too.
func withConstants(block, text string) string {
	const depth = 3
	constants := constantsOf(text, nil)
	var replaced strings.Builder
	done := 0
	for m := bareName.FindStringSubmatchIndex(block); m != nil; m = after(bareName, block, m[3]) {
		value := constants.named(block[m[2]:m[3]], depth)
		if strings.Contains(value, unknown) {
			continue
		}
		replaced.WriteString(block[done:m[2]])
		before := block[:m[2]]
		if opens := strings.TrimSpace(before); !strings.ContainsAny(opens[len(opens)-1:], ":=(") && strings.Count(before, "{") > strings.Count(before, "}") {
			replaced.WriteString(block[m[2]:m[3]] + ": ")
		}
		replaced.WriteString(strconv.Quote(value))
		done = m[3]
	}
	return replaced.String() + block[done:]
}

// after is the first match behind an offset.
func after(pattern *lazyregexp.Regexp, text string, offset int) []int {
	m := pattern.FindStringSubmatchIndex(text[offset:])
	for i := range m {
		m[i] += offset
	}
	return m
}
