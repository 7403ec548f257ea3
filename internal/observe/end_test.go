package observe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
)

// ending is an engine whose containers end after a while each; one without a time does
// not exist.
type ending map[string]struct {
	after time.Duration
	code  int64
}

func (e ending) ContainerWait(ctx context.Context, id string, _ client.ContainerWaitOptions) client.ContainerWaitResult {
	result, failed := make(chan container.WaitResponse, 1), make(chan error, 1)
	c, ok := e[id]
	switch {
	case !ok:
		failed <- errors.New("no such container")
	default:
		go func() {
			select {
			case <-time.After(c.after):
				result <- container.WaitResponse{StatusCode: c.code}
			case <-ctx.Done():
				failed <- ctx.Err()
			}
		}()
	}
	return client.ContainerWaitResult{Result: result, Error: failed}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	engine := ending{"a": {after: time.Second}, "b": {after: 2 * time.Second, code: 3}, "c": {after: time.Hour}}
	for _, test := range []struct {
		name       string
		containers []string
		enough     int // ends
		limit      time.Duration
		want       string
		took       time.Duration
	}{
		{"all", []string{"b", "a"}, 9, 0, "service-a a 0, service-b b 3", 2 * time.Second},
		{"the first", []string{"c", "b", "a"}, 1, 0, "service-a a 0", time.Second},
		{"none", nil, 9, 0, "", 0},
		{"one that does not exist", []string{"c", "gone"}, 9, 0, "wait for a container of service-gone: no such container", 0},
		{"until the context ends", []string{"a", "c"}, 9, time.Minute, "service-a a 0, context deadline exceeded", time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if test.limit > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.limit)
				}
				defer cancel()
				containers := map[string]string{}
				for _, id := range test.containers {
					containers[id] = "service-" + id
				}
				var got []string
				began := time.Now()
				err := Ends(ctx, engine, containers, func(e End) bool {
					got = append(got, fmt.Sprint(e.Service, " ", e.ID, " ", e.Code))
					return len(got) < test.enough
				})
				if err != nil {
					got = append(got, err.Error())
				}
				if text := strings.Join(got, ", "); text != test.want || time.Since(began) != test.took {
					t.Errorf("got %q after %v, want %q after %v", text, time.Since(began), test.want, test.took)
				}
			})
		})
	}
}

func TestFirstEnd(t *testing.T) {
	t.Parallel()
	engine := ending{"a": {after: time.Second}, "b": {after: 2 * time.Second, code: 3}}
	containers := map[string]map[int]string{"web": {1: "a", 2: "b"}}
	for _, test := range []struct {
		counts []int // exit codes
		want   string
	}{
		{[]int{0, 3}, "a 0 true"},
		{[]int{3}, "b 3 true"},
		{[]int{4}, " 0 false"},
	} {
		synctest.Test(t, func(t *testing.T) {
			end, ok, err := FirstEnd(t.Context(), engine, containers, func(e End) bool { return slices.Contains(test.counts, e.Code) })
			if got := fmt.Sprint(end.ID, " ", end.Code, " ", ok); got != test.want || err != nil {
				t.Errorf("counting %v: got %q, %v; want %q", test.counts, got, err, test.want)
			}
		})
	}
}
