package detect

import "slices"

// inNetworkOf says whether two services are in one network.
func (c *candidate) inNetworkOf(other *candidate) bool {
	return c.loopback != nil && c.loopback == other.loopback
}

// need notes that the service's server calls another one. A compose file says itself which
// of its services start first.
func (c *candidate) need(other *candidate) {
	server := !c.Frontend || c.Stack.ServerSide
	if server && c != other && c.compose == nil && other.compose == nil && !slices.Contains(c.Needs, other.Name) {
		c.Needs = append(c.Needs, other.Name)
	}
}

// decideNeeds has each service need those that its server calls. Of those that call each
// other, directly or through others, none needs another one of them.
func decideNeeds(all services) {
	for _, c := range all {
		for _, v := range c.Variables {
			if sibling := all.wired(v); v.Inside && sibling != nil {
				c.need(sibling)
			}
		}
	}
	kept := map[*candidate][]string{}
	for _, c := range all {
		for _, name := range c.Needs {
			if !all.reaches(name, c.Name, map[string]bool{}) {
				kept[c] = append(kept[c], name)
			}
		}
	}
	for _, c := range all {
		c.Needs = kept[c]
		slices.Sort(c.Needs)
	}
}

// reaches says whether a service needs another one, directly or through others.
func (all services) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(all, func(c *candidate) bool {
		return c.Name == from && slices.ContainsFunc(c.Needs, func(name string) bool { return all.reaches(name, to, seen) })
	})
}
