package containercmd

import (
	"fmt"
	"regexp"
	"slices"
	"sync"

	"github.com/charmbracelet/x/ansi"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/event"
)

// filtered is a sink before that of the options, which gets the lines that match: at once where they
// are followed or all are wanted, else the newest ones when flush is called.
func filtered(env *command.Env, o logsOptions, pattern *regexp.Regexp, tail int) (sink event.Sink, flush func()) {
	to := o.Sink
	if to == nil {
		to = env.Sink
	}
	kept := &newest{lines: tail, bytes: o.maxBytes, count: map[string]int{}}
	sink = func(e event.Event) {
		switch {
		case e.Kind == event.Log && !pattern.MatchString(ansi.Strip(e.Text)):
		case e.Kind == event.Log && !o.Follow && tail+o.maxBytes > 0:
			kept.add(e)
		default:
			to(e)
		}
	}
	return sink, func() {
		for _, e := range kept.events {
			to(e)
		}
		if kept.dropped > 0 {
			env.Note(fmt.Sprintf("%d earlier lines are left out; --max-bytes says how much is printed", kept.dropped))
		}
	}
}

// newest keeps the newest lines.
type newest struct {
	mu      sync.Mutex
	lines   int // of each container; 0 for all
	bytes   int // in all; 0 for any number
	events  []event.Event
	size    int
	count   map[string]int // lines by container
	dropped int            // lines that were too many bytes
}

func (n *newest) add(e event.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.events = append(n.events, e)
	n.size += len(e.Text)
	n.count[e.Parent]++
	if n.lines > 0 && n.count[e.Parent] > n.lines {
		n.remove(slices.IndexFunc(n.events, func(old event.Event) bool { return old.Parent == e.Parent }))
	}
	for n.bytes > 0 && n.size > n.bytes && len(n.events) > 1 {
		n.remove(0)
		n.dropped++
	}
	if last := &n.events[len(n.events)-1]; n.bytes > 0 && len(last.Text) > n.bytes {
		last.Text, n.size = last.Text[:n.bytes], n.bytes
	}
}

func (n *newest) remove(i int) {
	n.size -= len(n.events[i].Text)
	n.count[n.events[i].Parent]--
	if i == 0 {
		n.events = n.events[1:]
		return
	}
	n.events = slices.Delete(n.events, i, i+1)
}
