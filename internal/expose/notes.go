package expose

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/workspace"
)

// inPath says what helps where URLs have their port in the path: neither a page nor a server
// sees that path. https://github.com/coder/code-server/blob/main/docs/guide.md
const inPath = "here the port is part of the path, and a link to /x leaves it: code-server --proxy-domain gives each port its own host; " +
	"else the page has to know its path (React: PUBLIC_URL=/absproxy/PORT; Vite: --base=/absproxy/PORT/)"

// Notes says what the user should know about the rows in this workspace before
// opening one of their URLs, a sentence each.
func Notes(ws workspace.Info, rows []Row) []string {
	var notes []string
	if ws.Remote && ws.Note != "" {
		notes = append(notes, ws.Title+": "+ws.Note)
	} else {
		notes = append(notes, withoutURL(rows)...)
	}
	for _, r := range rows {
		if r.Advice != "" {
			notes = append(notes, r.Service+": "+r.Advice)
		}
	}
	var ports []int
	browsable := false
	for _, r := range rows {
		if r.Port != 0 && r.Protocol == "tcp" {
			ports = append(ports, r.Port)
		}
		browsable = browsable || r.URL != ""
	}
	if command := ws.Forward(ports); command != "" {
		notes = append(notes, "the addresses are on this machine; to have them on yours, run there: "+command)
	}
	if browsable && ws.InPath() {
		notes = append(notes, inPath)
	}
	return notes
}

// withoutURL says of services why they have no URL, once for each reason.
func withoutURL(rows []Row) []string {
	var reasons []string
	services := map[string][]string{}
	for _, r := range rows {
		if r.Note == "" {
			continue
		}
		if services[r.Note] == nil {
			reasons = append(reasons, r.Note)
		}
		if !slices.Contains(services[r.Note], r.Service) {
			services[r.Note] = append(services[r.Note], r.Service)
		}
	}
	sentences := make([]string, 0, len(reasons))
	for _, reason := range reasons {
		sentences = append(sentences, strings.Join(services[reason], ", ")+": no URL for a browser elsewhere, so what refers to it gets its localhost address: "+reason)
	}
	return sentences
}
