package runfiles

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

var (
	// listenNames are variables that say where the program itself listens.
	listenNames = lazyregexp.New(`^(?:(?:APP|APPLICATION|SERVER|API|HTTP|WEB|LISTEN|BIND|SERVICE|BACKEND)_)?(?:(?:HOST|ADDR|ADDRESS|LISTEN|BIND|IP)(?:_(?:ADDR|ADDRESS|HOST|IP))?|HOSTNAME)$`)
	// listenValue is an address as such a variable has it, with its port.
	listenValue = lazyregexp.New(`^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|\[::\])?(?::(\d{2,5}))?$`)
)

// ListenAddress reads a variable that says where the program listens: whether only its own machine reaches it there, and at which port.
func ListenAddress(name, value string) (hidden bool, port string, ok bool) {
	m := listenValue.FindStringSubmatch(value)
	if m == nil || value == "" || !listenNames.MatchString(name) {
		return false, "", false
	}
	return m[1] != "" && m[1] != "0.0.0.0" && m[1] != "[::]", m[2], true
}

var readmePort = lazyregexp.New(`(?i)(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})\b|--port[= ](\d{2,5})\b|\bport\s*:?\s+` + "`?" + `(\d{4,5})\b`)

// OnlyPort is the port that the lines of a text that count name, if they name
// one only.
func OnlyPort(name, text string, counts func(lowerLine string) bool) (stack.Port, bool) {
	var found stack.Port
	for i, line := range strings.Split(text, "\n") {
		if !counts(strings.ToLower(line)) {
			continue
		}
		for _, match := range readmePort.FindAllStringSubmatch(line, -1) {
			n, ok := stack.PortNumber(match[1] + match[2] + match[3])
			if !ok || stack.IsDataPort(n) {
				continue
			}
			if found.Number != 0 && found.Number != n {
				return stack.Port{}, false
			}
			if found.Number == 0 {
				found = stack.PortAt(n, tree.At(name, i+1, fmt.Sprintf("port %d", n)))
			}
		}
	}
	return found, found.Number != 0
}
