package doctor

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/devup-cli/devup/internal/detect"
)

// mostPlaces is how many places of addresses in source are named.
const mostPlaces = 10

// checkSource looks for addresses of the project's own ports that are written into
// source: no variable reaches them, and a browser that is on another machine than the
// ports finds nothing there.
func checkSource(p Project) Finding {
	if p.Model == nil || p.Files == nil {
		return nothing()
	}
	repo, err := detect.Scan(p.Files)
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
	found := warning("addresses on localhost are written into the source: in a cloud workspace, and when the port has to move, a browser finds nothing there",
		"in "+first.Evidence.File+" "+first.Instead)
	for _, call := range calls[:min(len(calls), mostPlaces)] {
		found.Details = append(found.Details, fmt.Sprintf("%s:%d: %s", call.Evidence.File, call.Evidence.Line, call.Evidence.Text))
	}
	if more := len(calls) - mostPlaces; more > 0 {
		found.Details = append(found.Details, fmt.Sprintf("and %d more", more))
	}
	return found
}

// rank puts what pages call before who is let in: where a page calls nothing by a fixed
// address, nobody has to be let in.
func rank(c detect.Call) int {
	if c.Origin {
		return 1
	}
	return 0
}
