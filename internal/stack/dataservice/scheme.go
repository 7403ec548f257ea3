package dataservice

import (
	"slices"
	"strings"
)

// asyncDrivers are those that no code without await can use.
var asyncDrivers = []string{"asyncpg", "aiomysql", "asyncmy", "aiosqlite"}

// isSplit says whether variables hold one URL for code with await and one for the rest.
func (w *Wanted) isSplit() bool {
	return slices.ContainsFunc(w.Holds, func(h Holding) bool { return h.isNamed("ASYNC") || h.isNamed("SYNC") })
}

func (h Holding) isNamed(word string) bool {
	return slices.Contains(split(strings.ToUpper(h.Variable)), word)
}

// schemeOf is that of a service's URLs for the packages that are used together, by a driver
// for code with await, or only by the others.
func (f *finder) schemeOf(s *Service, async bool) string {
	for _, d := range s.Drivers {
		if !async && slices.Contains(asyncDrivers, d.Package) {
			continue
		}
		if d.Language == f.seen.Language && slices.Contains(f.names, d.With) && slices.Contains(f.names, d.Package) {
			return f.spelledInCode(s, d.Scheme)
		}
	}
	if len(s.Schemes) > 0 {
		return s.Schemes[0]
	}
	return ""
}

// spelledInCode is the scheme of the URLs that the code puts together itself, where it has none
// with the driver that the packages let one expect: of two, the code knows which it uses.
func (f *finder) spelledInCode(s *Service, scheme string) string {
	own := f.schemes[s]
	if f.seen.Language != "python" || len(own) == 0 || slices.Contains(own, scheme) || own[0] == "postgres" {
		return scheme
	}
	return own[0]
}
