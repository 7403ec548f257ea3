package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// localCall is a URL on this machine that stands in a file.
type localCall struct {
	port     int
	url      string
	where    Evidence
	fallback bool // a variable that stands next to it decides
}

var (
	localCalls = lazyregexp.New(`\b(?:https?|wss?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{2,5})\b`)
	// A URL next to one of these is a fallback: the variable decides.
	fromEnv = lazyregexp.New(`\bprocess\.env\b|\bimport\.meta\.env\b|\bloadEnv\b|\benv\.|\benviron\b|(?i)\b\w*get_?env\b|\blookupenv\b|\benv::var\b|\$\{[A-Z_]+:`)
	// What is only printed is no call.
	printed = lazyregexp.New(`\bconsole\.|\bprint\(|\blog(?:ger|ging)?\.|\bapp\.listen\(`)
	// A server says near these words which pages may call it.
	aboutOrigins = lazyregexp.New(`(?i)\bcors|origins?\b`)
)

// callsIn are the URLs on this machine in a source, without fallbacks.
func callsIn(source tree.File) []localCall {
	return slices.DeleteFunc(urlsIn(source), func(call localCall) bool { return call.fallback })
}

// urlsIn are the URLs on this machine in a source, without those that are only printed.
func urlsIn(source tree.File) []localCall {
	if !strings.Contains(source.Text, "://") {
		return nil
	}
	var calls []localCall
	for _, match := range localCalls.FindAllStringSubmatchIndex(source.Text, -1) {
		start := strings.LastIndexByte(source.Text[:match[0]], '\n') + 1
		line, _, _ := strings.Cut(source.Text[start:], "\n")
		port, ok := stack.PortNumber(source.Text[match[2]:match[3]])
		if ok && !printed.MatchString(line) {
			url := source.Text[match[0]:match[1]]
			calls = append(calls, localCall{port, url, source.At(match[0], url), fromEnv.MatchString(line)})
		}
	}
	return calls
}

// originsIn are the URLs on this machine from which a server's source lets pages in.
func originsIn(source tree.File) []localCall {
	lines := strings.Split(source.Text, "\n")
	return slices.DeleteFunc(callsIn(source), func(call localCall) bool {
		at := call.where.Line - 1
		near := strings.Join(lines[max(0, at-4):at+1], "\n") // a list of origins has one a line
		return fromEnv.MatchString(near) || !aboutOrigins.MatchString(near) && !namedForOrigins(lines, at)
	})
}

// assigned begins a variable that holds one URL, or a list of them.
var assigned = lazyregexp.New(`^\s*(?:export\s+)?(?:(?:const|let|var)\s+)?([A-Za-z_]\w*)\s*(?::[^=]+)?=\s*(?:new\s+Set\(\s*)?[\[({"'` + "`" + `]`)

// namedForOrigins says whether a line is in a variable that another line uses for origins.
func namedForOrigins(lines []string, at int) bool {
	for i := at; i >= max(0, at-20); i-- {
		match := assigned.FindStringSubmatch(lines[i])
		if match == nil {
			if strings.TrimSpace(lines[i]) == "" {
				return false
			}
			continue
		}
		for j, line := range lines {
			if j != i && aboutOrigins.MatchString(line) && slices.Contains(words(line), match[1]) {
				return true
			}
		}
		return false
	}
	return false
}

// words are the names in a line of code.
func words(line string) []string {
	return strings.FieldsFunc(line, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// localCalls are the addresses on this machine in a service's own source: what a
// frontend calls, and what a server lets in.
func (c localCaller) localCalls() []localCall {
	var calls []localCall
	for _, source := range c.Sources {
		switch {
		case c.isProxyFile(source.Path): // it speaks of what the development server does
		case c.Page:
			calls = append(calls, callsIn(source)...)
		default:
			calls = append(calls, originsIn(source)...)
		}
	}
	return calls
}

// hardCoded are the ports that a frontend's source calls on this machine by
// number, each with the first place that does.
func (c localCaller) hardCoded() []localCall {
	if c.role() != frontend {
		return nil
	}
	return firstOfEach(c.localCalls())
}

func firstOfEach(calls []localCall) []localCall {
	seen := map[int]bool{}
	return slices.DeleteFunc(calls, func(call localCall) bool {
		known := seen[call.port]
		seen[call.port] = true
		return known
	})
}

// decideCalls lists the addresses on this machine in the service's source, and says of
// each port once what comes of it.
func decideCalls(all services, c *candidate) {
	remarked := map[string]bool{} // by port and kind of URL
	calls := localCaller{c}.localCalls()
	for _, call := range calls {
		sibling := all.byPort(call.port)
		if sibling == c || !c.Page && sibling == nil {
			continue // its own page, or another server's business
		}
		c.Calls = append(c.Calls, Call{Port: call.port, Origin: !c.Page, Instead: localCaller{c}.instead(sibling, call.url), Evidence: call.where})
		if remarked[call.target()] {
			continue
		}
		remarked[call.target()] = true
		e := call.where
		e.Text = call.url + alsoAt(calls, call) + remarkOf(c, sibling, call)
		switch {
		case sibling == nil:
			c.Remark(e, "")
		case c.Page && (sibling.HostPort != call.port || speaksHTTPS(call)):
			c.Remark(e, localCaller{c}.instead(sibling, call.url))
		default:
			c.RemarkElsewhere(e, localCaller{c}.instead(sibling, call.url))
		}
	}
}

// speaksHTTPS says whether a URL asks for a certificate, which no server has here.
func speaksHTTPS(call localCall) bool {
	return strings.HasPrefix(call.url, "https:") || strings.HasPrefix(call.url, "wss:")
}

// isSocket says whether a URL is one of WebSockets.
func isSocket(url string) bool { return strings.HasPrefix(url, "ws") }

// target is what a variable would hold in place of the call: a URL of a port, or one for
// WebSockets.
func (l localCall) target() string { return fmt.Sprint(l.port, isSocket(l.url)) }

// alsoAt counts the other places of the same target.
func alsoAt(all []localCall, first localCall) string {
	more := -1
	for _, call := range all {
		if call.target() == first.target() {
			more++
		}
	}
	switch more {
	case 0:
		return ""
	case 1:
		return " (and in 1 more place)"
	default:
		return fmt.Sprintf(" (and in %d more places)", more)
	}
}

// remarkOf says what comes of an address in the source.
func remarkOf(c, sibling *candidate, call localCall) string {
	switch {
	case sibling == nil:
		return fmt.Sprintf(" is hard-coded, and no service here has port %d", call.port)
	case !c.Page:
		return fmt.Sprintf(" is a hard-coded origin: the pages of %s have another one in a cloud workspace, or when their port changes", sibling.Name)
	case speaksHTTPS(call):
		return fmt.Sprintf(" is hard-coded, but %s answers http there, not https", sibling.Name)
	case sibling.HostPort != call.port:
		return fmt.Sprintf(" is hard-coded, but %s gets port %d here", sibling.Name, sibling.HostPort)
	default:
		return fmt.Sprintf(" is hard-coded: browsers do not find %s there in a cloud workspace, or when its port changes", sibling.Name)
	}
}

// instead is what to write in the place of an address: a variable, where the stack has
// them, or the path alone behind a gateway.
func (c localCaller) instead(sibling *candidate, url string) string {
	const gateway = "run `devup up --gateway`"
	url = strings.Replace(strings.Replace(url, "https:", "http:", 1), "wss:", "ws:", 1)
	if sibling == nil {
		return "write the path alone and " + gateway
	}
	name := EnvName(cmp.Or(sibling.Compose, sibling.Name))
	prefix := ""
	if c.Page {
		if c.Of.Reads == "" {
			return "write the path alone and " + gateway
		}
		prefix = c.Of.Reads[strings.LastIndexByte(c.Of.Reads, '.')+1:]
	}
	variable, symbol := prefix+name+"_URL", "DEVUP_URL_"
	if isSocket(url) {
		variable, symbol = prefix+name+"_WS_URL", "DEVUP_WS_"
	}
	for _, v := range c.Variables {
		if v.Sibling == sibling.Name && !v.Inside && v.Socket == isSocket(url) && strings.HasPrefix(v.Name, prefix) {
			variable = v.Name // the service has one for it already
			break
		}
	}
	set := fmt.Sprintf("%s: ${%s%s:-%s} under environment", variable, symbol, name, url)
	if c.Page {
		code := fmt.Sprintf(`%s%s || "%s"`, strings.TrimSuffix(c.Of.Reads, prefix), variable, url)
		return fmt.Sprintf("write %s, and set %s; or write the path alone and %s", code, set, gateway)
	}
	code := "the value of " + variable
	if getenv := c.Of.Language.Getenv; getenv != nil {
		code = getenv(variable, url)
	}
	return fmt.Sprintf("write %s, and set %s; or run `devup up --gateway`, where pages and servers have one origin", code, set)
}

// EnvName is a service's name as part of a variable's: BACKEND_FLASK.
func EnvName(service string) string {
	return notVariable.ReplaceAllString(strings.ToUpper(service), "_")
}

// notVariable is what cannot stand in the name of a variable.
var notVariable = lazyregexp.New(`[^A-Z0-9]`)

// decideRemarks says what will not work in a container, or not everywhere, as
// the files stand.
func decideRemarks(all services, c *candidate) {
	remarkCalls(all, c)
	decideCalls(all, c)
	if remark := c.Of.Language.Remarks; remark != nil {
		remark(c.App)
	}
}
