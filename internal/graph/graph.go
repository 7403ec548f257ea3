// Package graph orders services by what they need. Who needs whom is for the packages that
// have the services to say.
package graph

import (
	"maps"
	"slices"
)

// Graph says for each node which others it needs.
type Graph map[string][]string

// Nodes are the nodes that the graph says something of, sorted.
func (g Graph) Nodes() []string { return slices.Sorted(maps.Keys(g)) }

// Order is the nodes and all that they need, directly or through others, each after what it
// needs and once. A circle is cut where it is met: circle is the first such one, from a node
// to the same, and nil where there is none.
func (g Graph) Order(nodes ...string) (order, circle []string) {
	onPath := map[string]bool{} // false: done
	var path []string
	var visit func(node string)
	visit = func(node string) {
		if within, seen := onPath[node]; seen {
			if within && circle == nil {
				circle = append(slices.Clone(path[slices.Index(path, node):]), node)
			}
			return
		}
		onPath[node] = true
		path = append(path, node)
		for _, needed := range g[node] {
			visit(needed)
		}
		path, onPath[node] = path[:len(path)-1], false
		order = append(order, node)
	}
	for _, node := range nodes {
		visit(node)
	}
	return order, circle
}

// Reversed says for each node which others need it, sorted.
func (g Graph) Reversed() Graph {
	reversed := Graph{}
	for _, node := range g.Nodes() {
		for _, needed := range slices.Compact(slices.Sorted(slices.Values(g[node]))) {
			reversed[needed] = append(reversed[needed], node)
		}
	}
	return reversed
}
