package workspace

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// gitpodControl is the gp command, which takes one port a call.
func gitpodControl(_ Place, t Tools) Control {
	c := Control{
		ByHand: func(port int) string {
			return fmt.Sprintf("run `gp ports visibility %d:public`, or click the lock of port %d in the Ports view", port, port)
		},
		Unreachable: "see with `gp ports list` whether Gitpod serves the port: it reaches what is published on 0.0.0.0, not on 127.0.0.1 alone",
	}
	if t.Run == nil {
		return c
	}
	set := func(v Visibility) func(context.Context, []int) error {
		return func(ctx context.Context, ports []int) error {
			return forEach(ports, func(port int) error {
				_, err := t.Run(ctx, "gp", "ports", "visibility", strconv.Itoa(port)+":"+string(v))
				return kind(err)
			})
		}
	}
	c.Open, c.Close = set(Public), set(Private)
	c.List = func(ctx context.Context) ([]Port, error) {
		out, err := t.Run(ctx, "gp", "ports", "list")
		if err != nil {
			return nil, kind(err)
		}
		return gitpodPorts(out), nil
	}
	return c
}

// gitpodLine is a port in the table of `gp ports list`, whose frame has changed
// over time.
var gitpodLine = lazyregexp.New(`(?m)^\W*(\d{2,5})\b.*?\bopen \((public|private)\)`)

// gitpodPorts leaves out ports on which nothing listens: they are "not served".
func gitpodPorts(table string) []Port {
	var ports []Port
	for _, m := range gitpodLine.FindAllStringSubmatch(table, -1) {
		number, _ := strconv.Atoi(m[1]) // two to five digits
		ports = append(ports, Port{number, Visibility(m[2])})
	}
	return ports
}

// atOnce is how many ports are worked on at the same time where a program takes
// one a call.
const atOnce = 4

// forEach does the same to each port, and joins the errors in the order of the
// ports.
func forEach(ports []int, do func(port int) error) error {
	errs := make([]error, len(ports))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, port := range ports {
		group.Go(func() error {
			errs[i] = do(port)
			return nil
		})
	}
	_ = group.Wait() // the errors are in the slice
	return errors.Join(errs...)
}
