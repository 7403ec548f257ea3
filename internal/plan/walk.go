package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/devup-cli/devup/internal/graph"
)

// walk adds an operation for each container, in the order of the services' and the
// containers' names; those of a service wait for those of every service in before, also
// through services of which there is none. A circle, which only hand-made labels can
// hold, is cut where it is met. dependencies says how one service needs another before it, and
// may be nil. The result are the operations by service.
func walk(p *Plan, containers []Container, before graph.Graph, dependencies func(service, before string) dependency, op func(Container) Op) map[string][]int {
	groups := map[string][]Container{}
	for _, c := range slices.SortedFunc(slices.Values(containers), byName) {
		groups[c.Service] = append(groups[c.Service], c)
	}
	added, awaited := map[string][]int{}, map[string]int{}
	order, _ := before.Order(slices.Sorted(maps.Keys(groups))...)
	for _, service := range order {
		var after, ended []int
		for _, other := range before[service] {
			waits, needed := added[other], dependency{}
			if dependencies != nil && len(groups[service]) > 0 && len(groups[other]) > 0 {
				needed = dependencies(service, other)
			}
			if needed.condition != "" {
				waits = append(slices.Clone(waits), awaitGroup(p, awaited, needed, groups[other], added[other]))
			}
			if needed.optional {
				ended = append(ended, waits...)
			} else {
				after = append(after, waits...)
			}
		}
		after, ended = unique(after), unique(ended)
		if len(groups[service]) == 0 {
			added[service] = after
			continue
		}
		for _, c := range groups[service] {
			next := op(c)
			next.Name, next.Service, next.Number, next.After, next.AfterEnd = c.Name, c.Service, c.Number, after, ended
			added[service] = append(added[service], p.add(next))
		}
	}
	maps.DeleteFunc(added, func(service string, _ []int) bool { return len(groups[service]) == 0 })
	return added
}

// dependency is how a service needs another one before it starts.
type dependency struct {
	condition string // what that has to be; empty where it only starts
	optional  bool   // it starts also where that fails
}

func unique(of []int) []int {
	slices.Sort(of)
	return slices.Compact(of)
}

// awaitGroup adds an operation that waits until the containers of a service are as others need
// them, and gives its index. awaited has those that were added before.
func awaitGroup(p *Plan, awaited map[string]int, needed dependency, containers []Container, after []int) int {
	service := containers[0].Service
	key := needed.condition + " " + service
	if i, ok := awaited[key]; ok {
		p.Ops[i].Optional = p.Ops[i].Optional && needed.optional
		return i
	}
	op := Op{Action: Await, Name: service, Service: service, Condition: needed.condition, Optional: needed.optional, After: after}
	for _, c := range containers {
		op.Names = append(op.Names, c.Name)
	}
	awaited[key] = p.add(op)
	return awaited[key]
}

// inOrder adds an operation for each of the containers; those of a service wait until every
// service that it depends on is as it needs it, as its containers say.
func inOrder(p *Plan, o Observed, containers []Container, op func(Container) Op) {
	walk(p, containers, needs(o.Containers), func(service, before string) (needed dependency) {
		for _, c := range o.Of(service) {
			if !slices.Contains(c.DependsOn, before) {
				continue
			}
			needed.condition = cmp.Or(needed.condition, c.Conditions[before])
			needed.optional = slices.Contains(c.Optional, before)
		}
		return needed
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
