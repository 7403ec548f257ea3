package plan

import (
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/graph"
)

// walk adds an operation for each container, in the order of the services' and the
// containers' names; those of a service wait for those of every service in before, also
// through services of which there is none. A circle, which only hand-made labels can
// hold, is cut where it is met. conditions says what another service has to be before one, and
// may be nil. The result are the operations by service.
func walk(p *Plan, containers []Container, before graph.Graph, conditions func(service, before string) string, op func(Container) Op) map[string][]int {
	groups := map[string][]Container{}
	for _, c := range slices.SortedFunc(slices.Values(containers), byName) {
		groups[c.Service] = append(groups[c.Service], c)
	}
	added, awaited := map[string][]int{}, map[string]int{}
	order, _ := before.Order(slices.Sorted(maps.Keys(groups))...)
	for _, service := range order {
		var after []int
		for _, other := range before[service] {
			after = append(after, added[other]...)
			if conditions == nil || len(groups[service]) == 0 || len(groups[other]) == 0 {
				continue
			}
			if condition := conditions(service, other); condition != "" {
				after = append(after, awaitGroup(p, awaited, condition, groups[other], added[other]))
			}
		}
		slices.Sort(after)
		after = slices.Compact(after)
		if len(groups[service]) == 0 {
			added[service] = after
			continue
		}
		for _, c := range groups[service] {
			next := op(c)
			next.Name, next.Service, next.Number, next.After = c.Name, c.Service, c.Number, after
			added[service] = append(added[service], p.add(next))
		}
	}
	maps.DeleteFunc(added, func(service string, _ []int) bool { return len(groups[service]) == 0 })
	return added
}

// awaitGroup adds an operation that waits until the containers of a service are as others need
// them, and gives its index. awaited has those that were added before.
func awaitGroup(p *Plan, awaited map[string]int, condition string, containers []Container, after []int) int {
	service := containers[0].Service
	key := condition + " " + service
	if i, ok := awaited[key]; ok {
		return i
	}
	op := Op{Action: Await, Name: service, Service: service, Condition: condition, After: after}
	for _, c := range containers {
		op.Names = append(op.Names, c.Name)
	}
	awaited[key] = p.add(op)
	return awaited[key]
}

// inOrder adds an operation for each of the containers; those of a service wait until every
// service that it depends on is as it needs it, as its containers say.
func inOrder(p *Plan, o Observed, containers []Container, op func(Container) Op) {
	walk(p, containers, needs(o.Containers), func(service, before string) string {
		for _, c := range o.Of(service) {
			if condition := c.Conditions[before]; condition != "" {
				return condition
			}
		}
		return ""
	}, op)
}

// needs are the services that those of the containers depend on, by service, as their
// labels say.
func needs(containers []Container) graph.Graph {
	found := graph.Graph{}
	for _, c := range containers {
		found[c.Service] = append(found[c.Service], c.DependsOn...)
		slices.Sort(found[c.Service])
		found[c.Service] = slices.Compact(found[c.Service])
	}
	return found
}

// dependentsFirst adds an operation for each of the containers; those of a service wait
// for those of every service that depends on it, as all containers of the project say.
func dependentsFirst(p *Plan, o Observed, containers []Container, op func(Container) Op) map[string][]int {
	return walk(p, containers, needs(o.Containers).Reversed(), nil, op)
}
