package project

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// rawEnv reads an env file of the format raw: each value is what stands after the "=",
// with its quotes and dollar signs. A name alone takes over the person's variable.
func rawEnv(r io.Reader, _ string, vars map[string]string, lookup func(string) (string, bool)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20) // a certificate in one line is longer than the usual limit
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimLeft(strings.TrimPrefix(lines.Text(), "\uFEFF"), " \t")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		name, value, given := strings.Cut(text, "=")
		if name == "" || strings.ContainsAny(name, " \t") {
			return fmt.Errorf("line %d: key cannot contain a space", n) // the words of the library's own format, which envFileError knows
		}
		if !given {
			var there bool
			if value, there = lookup(name); !there {
				continue
			}
		}
		vars[name] = value
	}
	return lines.Err()
}
