package stack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// pagesPort is a variable with the port of a page, which a server may name next to its own.
var pagesPort = lazyregexp.New(`\b(?:FRONTEND|FRONT|CLIENT|WEB|UI)_PORT\b`)

// PortIn is the first port that the sources set: better patterns first, nearer files first. The
// port of a page counts where there is no other.
func PortIn(sources []tree.File, patterns ...*lazyregexp.Regexp) (Port, bool) {
	sources = slices.DeleteFunc(slices.Clone(sources), func(f tree.File) bool { return !HasOne(f.Text, portHints...) })
	var ofPage Port
	for _, pattern := range patterns {
		for _, source := range sources {
			for _, match := range pattern.FindAllStringSubmatchIndex(source.Text, -1) {
				n, ok := PortNumber(source.Text[match[2]:match[3]])
				code := source.Text[match[0]:match[1]]
				if !ok || dataPorts[n] || printed(source.Text, match[2]) || portOfOther.MatchString(code) {
					continue
				}
				port := PortAt(n, source.At(match[2], fmt.Sprintf("port %d", n)))
				if !pagesPort.MatchString(code) {
					return port, true
				}
				if ofPage.Number == 0 {
					ofPage = port
				}
			}
		}
	}
	return ofPage, ofPage.Number != 0
}

// IsDataPort says whether a port is that of a database, or of another service that servers use: sources
// and READMEs name it next to the server's own.
func IsDataPort(port int) bool { return dataPorts[port] }

var dataPorts = map[int]bool{
	3306: true, 5432: true, 6379: true, 27017: true, 5672: true, 15672: true, 9200: true, 8025: true, 1025: true, 11211: true, 1433: true, 1521: true, 9092: true,
}

// portOfOther is a variable for the port of what a server uses.
var portOfOther = lazyregexp.New(`(?i)\b(?:DB|DATABASE|POSTGRES\w*|PG|MYSQL|MARIADB|SQL|MONGO\w*|REDIS|CACHE|SMTP|E?MAIL\w*|RABBIT\w*|AMQP|BROKER|KAFKA|ELASTIC\w*|MINIO|METRICS|DEBUG)_?PORT\b`)

// portHints are the words of which every port pattern needs one: most sources
// hold none, and looking for them costs next to nothing.
var portHints = []string{"base_url", "baseU", "BASE_URL", "port", "Port", "PORT", "listen", "Server(", "make_server(", "Listen", "Addr", "Run(", "Start(", "addr", "bind"}

var prints = lazyregexp.New(`\bconsole\.\w+\(|\bprint(?:ln|f)?\(|\blog(?:ger|ging)?\.\w+\(`)

// printed says whether a place in a source is in what a line of its log says.
func printed(text string, at int) bool {
	line := text[strings.LastIndexByte(text[:at], '\n')+1 : at]
	return prints.MatchString(line) && !HasOne(line, "log.Fatal", "log.Panic", "ListenAndServe", ".Listen(", ".Run(", ".Start(") // of Go: around what listens
}

// HiddenIn is where a source says that it listens on 127.0.0.1 alone; the zero value for nowhere.
func HiddenIn(sources []tree.File, pattern *lazyregexp.Regexp) tree.Evidence {
	for _, source := range sources {
		if at := pattern.FindStringIndex(source.Text); at != nil {
			return source.At(at[0], "listens on 127.0.0.1")
		}
	}
	return tree.Evidence{}
}
