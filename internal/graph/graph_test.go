package graph

import (
	"strconv"
	"strings"
	"testing"
)

func TestOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		graph                     Graph
		from, wantOrder, wantLoop string
	}{
		"nothing":                    {Graph{}, "", "", ""},
		"what is needed first":       {Graph{"web": {"api", "db"}, "api": {"db"}}, "web", "db api web", ""},
		"only what is needed":        {Graph{"web": {"api"}, "job": {"db"}}, "web", "api web", ""},
		"by the order that is given": {Graph{"a": nil, "b": nil}, "b a", "b a", ""},
		"a circle":                   {Graph{"a": {"b"}, "b": {"c"}, "c": {"b"}}, "a", "c b a", "b c b"},
		"itself":                     {Graph{"a": {"a"}}, "a", "a", "a a"},
	} {
		order, circle := test.graph.Order(strings.Fields(test.from)...)
		if got := strings.Join(order, " "); got != test.wantOrder {
			t.Errorf("%s: got %q, want %q", name, got, test.wantOrder)
		}
		if got := strings.Join(circle, " "); got != test.wantLoop {
			t.Errorf("%s: circle %q, want %q", name, got, test.wantLoop)
		}
	}
}

func TestReversed(t *testing.T) {
	t.Parallel()
	reversed := Graph{"web": {"api", "db", "db"}, "api": {"db"}}.Reversed()
	order, _ := reversed.Order("db")
	if got := strings.Join(order, " "); got != "web api db" || len(reversed["db"]) != 2 {
		t.Errorf("got %s of %v", got, reversed)
	}
}

func TestOrderOfALongChain(t *testing.T) {
	t.Parallel()
	g := Graph{}
	for i := range 10_000 {
		g[strconv.Itoa(i)] = []string{strconv.Itoa(i + 1)}
	}
	if order, _ := g.Order("0"); len(order) != 10_001 || order[0] != "10000" {
		t.Errorf("%d nodes, the first %s", len(order), order[0])
	}
}
