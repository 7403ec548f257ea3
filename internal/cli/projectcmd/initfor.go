package projectcmd

import (
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/scaffold"
)

// noPlatform is what --for says where no file of a platform is wanted.
const noPlatform = "none"

// platformNames are the values of --for.
func platformNames() []string {
	var names []string
	for _, p := range scaffold.Platforms() {
		names = append(names, string(p))
	}
	return append(names, noPlatform)
}

// platforms reads the values of --for; nil where there are none.
func platforms(values []string) ([]scaffold.Platform, error) {
	if len(values) == 0 {
		return nil, nil
	}
	chosen := []scaffold.Platform{}
	for _, v := range values {
		v = strings.ToLower(strings.TrimSpace(v))
		switch p := scaffold.Platform(v); {
		case slices.Contains(scaffold.Platforms(), p):
			chosen = append(chosen, p)
		case v != noPlatform:
			return nil, fail.New(fail.Usage, "they are "+strings.Join(platformNames(), ", "), "--for: unknown platform %q", v)
		case len(values) > 1:
			return nil, fail.New(fail.Usage, "leave out one or the other", "--for none goes with nothing else")
		}
	}
	return chosen, nil
}
