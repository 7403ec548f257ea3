package doctor

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect"
)

// mostPlaces is how many places of addresses in source are named.
const mostPlaces = 10

// checkSource looks for addresses of the project's own ports that are written into
// source: no variable reaches them, and a browser that is on another machine than the
// ports finds nothing there.
func checkSource(ctx context.Context, p Project, scan scanner) Finding {
	if p.Model == nil || p.Files == nil {
		return nothing()
	}
	repo, err := scan(ctx)
	if err != nil {
		return warning("the project's source cannot be read: "+err.Error(), "")
	}
	published := wantedPorts(p)
	var calls []detect.Call
	for _, service := range repo.Services {
		for _, call := range service.Calls {
			if slices.Contains(published, call.Port) {
				calls = append(calls, call)
			}
		}
	}
	if len(calls) == 0 {
		return good("")
	}
	slices.SortStableFunc(calls, func(a, b detect.Call) int { return cmp.Compare(rank(a), rank(b)) })
	first := calls[0]
	fix, other, _ := strings.Cut(first.Instead, "; ")
	found := warning("the source has hard-coded addresses on localhost, which fail in a cloud workspace and when a port changes", "in "+first.Evidence.File+": "+fix)
	for _, call := range calls[:min(len(calls), mostPlaces)] {
		found.Details = append(found.Details, fmt.Sprintf("%s:%d: %s", call.Evidence.File, call.Evidence.Line, call.Evidence.Text))
	}
	if more := len(calls) - mostPlaces; more > 0 {
		found.Details = append(found.Details, fmt.Sprintf("and %d more", more))
	}
	if other != "" {
		found.Details = append(found.Details, other)
	}
	return found
}

// checkCode looks for the rest of what `devup init` remarks: what fails in a container as the
// files stand, such as a proxy to localhost.
func checkCode(ctx context.Context, p Project, scan scanner) Finding {
	if p.Model == nil || p.Files == nil {
		return nothing()
	}
	repo, err := scan(ctx)
	if err != nil {
		return nothing() // checkSource says why
	}
	var details []string
	var first detect.Remark
	for _, s := range repo.Services {
		for _, r := range s.Remarks {
			isCall := func(c detect.Call) bool { return c.Evidence.File == r.File && c.Evidence.Line == r.Line }
			if !runs(p, s) || slices.ContainsFunc(s.Calls, isCall) {
				continue
			}
			if len(details) == 0 {
				first = r
			}
			details = append(details, remarkText(s.Name, r))
		}
	}
	switch len(details) {
	case 0:
		return good("")
	case 1:
		return warning(details[0], first.Fix)
	default:
		hint := first.Fix
		if first.File != "" {
			hint = "in " + first.File + ": " + hint
		}
		return warning(fmt.Sprintf("the code has %d places that fail in a container", len(details)), hint).with(details)
	}
}

// scanner reads the services of a project's files.
type scanner func(context.Context) (detect.Repository, error)

// runs tells whether a service that was found in the files is one of the project.
func runs(p Project, s detect.Service) bool {
	if _, named := p.Model.Services[cmp.Or(s.Compose, s.Name)]; named {
		return true
	}
	at := filepath.Join(p.Dir, filepath.FromSlash(s.Dir))
	for _, service := range p.Model.Services {
		if service.Build != nil && filepath.Clean(service.Build.Context) == at {
			return true
		}
	}
	return false
}

// remarkText is "web: vite.config.js:8: forwards requests to …".
func remarkText(service string, r detect.Remark) string {
	switch {
	case r.File == "":
		return service + ": " + r.Text
	case r.Line == 0:
		return service + ": " + r.File + ": " + r.Text
	}
	return fmt.Sprintf("%s: %s:%d: %s", service, r.File, r.Line, r.Text)
}

// rank puts what pages call before who is let in: where a page calls nothing by a fixed
// address, no client has to be let in.
func rank(c detect.Call) int {
	if c.Origin {
		return 1
	}
	return 0
}
