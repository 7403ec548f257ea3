package dataservice

import (
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Read is a variable from which code takes a part of an address.
type Read struct {
	Variable string
	Part     Part
}

// readArgument is one that a variable gives.
var readArgument = lazyregexp.New(`(?i)["']?\b(engine|dialect|host|hostname|server|user|username|password|passwd|database|db|dbname|name|port)["']?\s*(?:[:=]|=>)\s*(?:\w+\(\s*)?` +
	`(?:(?:os\.)?getenv\(|(?:os\.)?environ(?:\.get\(|\[)|env(?:\.\w+)?\(|config\(|get_env\w*\(|get_secret\(|env_var\(|process\.env\.|process\.env\[|ENV\[|ENV\.fetch\()\s*["']?([A-Za-z_]\w*)`)

// readsIn are the variables that give arguments.
func readsIn(block string) []Read {
	var reads []Read
	for _, m := range readArgument.FindAllStringSubmatch(block, 40) {
		part := map[string]Part{"engine": PartDriver, "dialect": PartDriver, "database": PartName, "db": PartName, "passwd": PartPassword}[strings.ToLower(m[1])]
		if part == NoPart {
			part = partWords[strings.ToUpper(m[1])]
		}
		if m[2] != "PORT" { // that of the server itself
			reads = append(reads, Read{m[2], part})
		}
	}
	return reads
}
