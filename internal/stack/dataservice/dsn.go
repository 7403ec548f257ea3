package dataservice

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	// libpqText is a connection string of libpq in quotes, as drivers of Go and Rust take it.
	libpqText = lazyregexp.New("[\"'`]([^\"'`\\n:]*\\bhost=[^\"'`\\n]*\\b(?:user|dbname)=[^\"'`\\n]*|[^\"'`\\n:]*\\b(?:user|dbname)=[^\"'`\\n]*\\b(?:host|sslmode)=[^\"'`\\n]*)[\"'`]")
	// mysqlText is one of Go's driver for MySQL.
	mysqlText = lazyregexp.New("[\"'`]([^\"'`\\s:@/]+:[^\"'`\\s@/]*@tcp\\([^\"'`\\s()]*\\)/[^\"'`\\s]*)[\"'`]")
	// variablePart is what stands for a value that the code fills in.
	variablePart = lazyregexp.New(`%[sdvq]|[{}$]`)
	// constants are the literals of the values, where the connection string only names them.
	constants = lazyregexp.New(`(?im)^\s*(?:pub\s+)?(?:const\s+|var\s+|let\s+|static\s+)?(?:db_?|pg_?|postgres_?)?(host|port|user|username|password|dbname|database|name)\s*(?:string|int|:\s*&?(?:'static\s+)?(?:str|u16))?\s*:?=\s*(?:"([^"\n]*)"|(\d{2,5})\b)`)
)

// dsnClues read connection strings that are no URLs.
func dsnClues(file tree.File) []Clue {
	var clues []Clue
	for _, kind := range []struct {
		service, word string
		pattern       *lazyregexp.Regexp
	}{{"postgres", "=", libpqText}, {"mysql", "@tcp(", mysqlText}} {
		if !strings.Contains(file.Text, kind.word) || kind.service == "postgres" && !stack.HasOne(file.Text, "dbname=", "sslmode=") {
			continue
		}
		for _, m := range kind.pattern.FindAllStringSubmatchIndex(file.Text, maxClues) {
			if pdoText.MatchString(file.Text[m[2]:m[3]]) {
				continue // of PHP, whose call says the rest
			}
			clue := Clue{Service: kind.service, Evidence: file.At(m[0], "a connection string")}
			if address, ok := parseAddress(file.Text[m[2]:m[3]]); ok {
				filled := address.Host
				clue.Address = address.literals()
				if variablePart.MatchString(filled) {
					clue.Address = clue.Address.or(constantsIn(file.Text))
				}
				clue.Fixed, clue.Literal = clue.Address.Host != "" && !fromVariable.MatchString(around(file.Text, m[0])), true
			}
			clues = append(clues, clue)
		}
	}
	return clues
}

// literals is the address without what the code fills in.
func (a Address) literals() Address {
	for _, text := range []*string{&a.Host, &a.User, &a.Password, &a.Name} {
		if variablePart.MatchString(*text) {
			*text = ""
		}
	}
	return a
}

// or takes from another address what this one lacks.
func (a Address) or(other Address) Address {
	for _, field := range []struct{ to, from *string }{
		{&a.Host, &other.Host}, {&a.User, &other.User}, {&a.Password, &other.Password}, {&a.Name, &other.Name},
	} {
		if *field.to == "" {
			*field.to = *field.from
		}
	}
	return a
}

// constantsIn is the address whose parts are constants of a source.
func constantsIn(text string) (a Address) {
	for _, m := range constants.FindAllStringSubmatch(text, 40) {
		a.set(strings.ToLower(m[1]), m[2]+m[3])
	}
	return a
}
