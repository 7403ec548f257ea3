package detect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

var notInNames = lazyregexp.New(`[^a-z0-9]+`)

// name gives each service a name that is unique, a valid Compose service and
// image name, and what people call it: the compose file's, else the directory's.
func (s *scan) name() {
	taken := map[string]bool{}
	for _, service := range s.compose {
		taken[service.Name] = true
	}
	slices.SortFunc(s.found, func(a, b *candidate) int { return strings.Compare(a.Dir, b.Dir) })
	for _, c := range s.found {
		if ours := s.composeFor(c); ours != nil {
			c.Name = ours.Name
			continue
		}
		for _, name := range c.names() {
			if !taken[name] && !stack.IsSystemDirectory(name) {
				c.Name = name
				break
			}
		}
		taken[c.Name] = true
	}
}

// names are the service's possible names: its directory, its directory with the one
// above, then numbers, which never run out before a free one is found.
func (c *candidate) names() []string {
	var names []string
	ofRole := map[role]string{frontend: "frontend", backend: "backend"}[c.role()]
	switch {
	case c.Dir == "." && c.shares:
		names = append(names, ofRole)
	case c.Dir == ".":
		names = append(names, plainName(c.PackageName), ofRole)
	default:
		parts := strings.Split(c.Dir, "/")
		if c.shares && c.role() == frontend {
			parts = append(parts, ofRole)
			names = append(names, plainName(strings.Join(parts[len(parts)-2:], "-")))
			break
		}
		for i := range slices.Backward(parts) {
			names = append(names, plainName(strings.Join(parts[i:], "-")))
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == "" })
	last := c.StackName
	if len(names) > 0 {
		last = names[len(names)-1]
	}
	for i := 2; i < 1000; i++ {
		names = append(names, last+"-"+strconv.Itoa(i))
	}
	return names
}

func plainName(text string) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(text), "-"), "-")
	return strings.Trim(name[:min(len(name), 48)], "-")
}
