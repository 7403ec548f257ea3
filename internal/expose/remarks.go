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

// Remarks says what a person should know about the rows in this place before
// opening one of their URLs, a sentence each.
func Remarks(place workspace.Place, rows []Row) []string {
	var remarks []string
	if place.Remote && place.Note != "" {
		remarks = append(remarks, place.Title+": "+place.Note)
	} else {
		remarks = append(remarks, withoutURL(rows)...)
	}
	for _, r := range rows {
		if r.Advice != "" {
			remarks = append(remarks, r.Service+": "+r.Advice)
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
	if command := place.Forward(ports); command != "" {
		remarks = append(remarks, "the addresses are on this machine; to have them on yours, run there: "+command)
	}
	if browsable && place.InPath() {
		remarks = append(remarks, inPath)
	}
	return remarks
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
