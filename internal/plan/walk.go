package plan

import (
	"maps"
	"slices"
)

// walk adds an operation for each container, in the order of the services' and the
// containers' names; those of a service wait for those of every service in before, also
// through services of which there is none. A circle, which only hand-made labels can
// hold, is cut where it is met. The result are the operations by service.
func walk(p *Plan, containers []Container, before map[string][]string, op func(Container) Op) map[string][]int {
	groups := map[string][]Container{}
	for _, c := range slices.SortedFunc(slices.Values(containers), byName) {
		groups[c.Service] = append(groups[c.Service], c)
	}
	added := map[string][]int{}
	seen := map[string]bool{}
	var visit func(service string)
	visit = func(service string) {
		if seen[service] {
			return
		}
		seen[service] = true
		var after []int
		for _, other := range before[service] {
			visit(other)
			after = append(after, added[other]...)
		}
		slices.Sort(after)
		after = slices.Compact(after)
		if len(groups[service]) == 0 {
			added[service] = after
			return
		}
		for _, c := range groups[service] {
			next := op(c)
			next.Name, next.Service, next.Number, next.After = c.Name, c.Service, c.Number, after
			added[service] = append(added[service], p.add(next))
		}
	}
	for _, service := range slices.Sorted(maps.Keys(groups)) {
		visit(service)
	}
	maps.DeleteFunc(added, func(service string, _ []int) bool { return len(groups[service]) == 0 })
	return added
}

// needs are the services that those of the containers depend on, by service, as their
// labels say.
func needs(containers []Container) map[string][]string {
	found := map[string][]string{}
	for _, c := range containers {
		found[c.Service] = append(found[c.Service], c.DependsOn...)
	}
	return distinct(found)
}

// dependentsFirst adds an operation for each of the containers; those of a service wait
// for those of every service that depends on it, as all containers of the project say.
func dependentsFirst(p *Plan, o Observed, containers []Container, op func(Container) Op) map[string][]int {
	dependents := map[string][]string{}
	for service, dependencies := range needs(o.Containers) {
		for _, dependency := range dependencies {
			dependents[dependency] = append(dependents[dependency], service)
		}
	}
	return walk(p, containers, distinct(dependents), op)
}

// distinct sorts each list and drops what it holds twice.
func distinct(lists map[string][]string) map[string][]string {
	for key, list := range lists {
		slices.Sort(list)
		lists[key] = slices.Compact(list)
	}
	return lists
}
