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

// isForAsync says whether a variable holds the URL for code with await: by its name, or because none
// of the others is for that.
func (w *Wanted) isForAsync(h Holding) bool {
	if h.isNamed("ASYNC") {
		return true
	}
	return !h.isNamed("SYNC") && !slices.ContainsFunc(w.Holds, func(other Holding) bool { return other.isNamed("ASYNC") })
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
			if f.seen.Language != "python" {
				return d.Scheme
			}
			return spelledInCode(f.schemes[s], d.Scheme)
		}
	}
	if len(s.Schemes) > 0 {
		return s.Schemes[0]
	}
	return ""
}

// spelledInCode is the scheme of the URLs that code puts together itself, where it has none with
// the driver that the packages let one expect: of two, the code knows which it uses.
func spelledInCode(own []string, scheme string) string {
	if len(own) == 0 || slices.Contains(own, scheme) || own[0] == "postgres" {
		return scheme
	}
	return own[0]
}

// anyOther says whether one of the SQL databases in a set is of another kind.
func anyOther(in map[*Service]bool, than *Service) bool {
	for s, is := range in {
		if is && s != than && s.IsSQL() {
			return true
		}
	}
	return false
}
