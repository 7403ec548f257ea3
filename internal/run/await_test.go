package run

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/plan"
)

// TestCondition is the table of what a container's state means for a service that waits.
func TestCondition(t *testing.T) {
	t.Parallel()
	const completed, healthy = types.ServiceConditionCompletedSuccessfully, types.ServiceConditionHealthy
	for _, test := range []struct {
		condition           string
		running, restarting bool
		code                int
		health              string
		want                string
	}{
		{completed, true, false, 0, "", "wait"},
		{completed, false, true, 1, "", "wait"},
		{completed, false, false, 0, "", "met"},
		{completed, false, false, 3, "", "exited: db exited with code 3"},
		{healthy, true, false, 0, "starting", "wait"},
		{healthy, true, false, 0, "healthy", "met"},
		{healthy, true, false, 0, "unhealthy", "unhealthy: db is unhealthy: its healthcheck failed"},
		{healthy, false, false, 1, "unhealthy", "exited: db exited with code 1 before it was healthy"},
		{healthy, false, false, 0, "starting", "exited: db exited with code 0 before it was healthy"},
		{healthy, false, true, 1, "starting", "wait"},
		{healthy, true, false, 0, "", "config: db has no healthcheck, but another service waits for it to be healthy"},
		{healthy, true, false, 0, "none", "config: db has no healthcheck, but another service waits for it to be healthy"},
	} {
		name := fmt.Sprint(test.condition, " running=", test.running, " restarting=", test.restarting, " code=", test.code, " health=", test.health)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met, err := condition(plan.Op{Service: "db", Condition: test.condition}, test.running, test.restarting, test.code, test.health)
			got := map[bool]string{true: "met", false: "wait"}[met]
			if err != nil {
				got = string(fail.CodeOf(err)) + ": " + err.Error()
				if hint := fail.Failures(err)[0].Hint; strings.Contains(hint, "healthcheck") != (fail.CodeOf(err) == fail.Config) {
					t.Errorf("hint %q", hint)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestAwait: an operation that waits goes on as soon as all containers meet the condition,
// and no earlier; what comes after a condition that is never met does not run.
func TestAwait(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		healthy  map[string]time.Duration // when a container becomes healthy
		gone     bool                     // the second container is removed
		limit    time.Duration
		took     time.Duration // at most a pause more
		requests string
		err      string
	}{
		{"at once", map[string]time.Duration{"db-1": 0, "db-2": 0}, false, 0, 0, "remove network after", ""},
		{"the last of several", map[string]time.Duration{"db-1": time.Second, "db-2": 3 * time.Second}, false, 0, 3 * time.Second, "remove network after", ""},
		{"a container that is removed", map[string]time.Duration{"db-1": time.Second}, true, 0, time.Second, "", "No such container: db-2"},
		{"until the context ends", map[string]time.Duration{"db-1": time.Hour}, false, time.Minute, time.Minute, "", context.DeadlineExceeded.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if test.limit > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.limit)
				}
				defer cancel()
				m, began := fakeengine.New(), time.Now()
				m.Add(fakeengine.Container{Name: "db-1", State: "running", Health: "starting"})
				if !test.gone {
					m.Add(fakeengine.Container{Name: "db-2", State: "running", Health: "starting"})
				}
				m.Refuse = func(string) error {
					for name, after := range test.healthy {
						if time.Since(began) >= after {
							m.Set(name, func(c *fakeengine.Container) { c.Health = "healthy" })
						}
					}
					return nil
				}
				got := apply(ctx, m, nil, Options{},
					plan.Op{Action: plan.Await, Name: "db", Service: "db", Names: []string{"db-1", "db-2"}, Condition: types.ServiceConditionHealthy},
					plan.Op{Action: plan.RemoveNetwork, Name: "after", After: []int{0}},
				)
				if took := time.Since(began); took < test.took || took > test.took+awaitEvery {
					t.Errorf("it took %v, want %v", took, test.took)
				}
				if got.requests != test.requests || !strings.Contains(got.errText(), test.err) || (got.err == nil) != (test.err == "") {
					t.Errorf("requests %q, error %v; want %q, %q", got.requests, got.err, test.requests, test.err)
				}
			})
		})
	}
}

// TestAwaitTakesNoSlot: however many operations wait, what they wait for can run.
func TestAwaitTakesNoSlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		m := fakeengine.New()
		m.Add(fakeengine.Container{ID: "id", Name: "job", State: "restarting"})
		m.Refuse = func(request string) error {
			if request == "remove network slow" {
				<-time.After(time.Minute) // until all others wait
			}
			return nil
		}
		ops := []plan.Op{
			{Action: plan.RemoveNetwork, Name: "slow"},
			{Action: plan.Stop, Name: "job", Service: "job", Old: plan.Container{ID: "id", Name: "job", State: "running"}, After: []int{0}},
		}
		for range 4 * parallel {
			ops = append(ops, plan.Op{Action: plan.Await, Name: "job", Service: "job", Names: []string{"job"}, Condition: types.ServiceConditionCompletedSuccessfully})
		}
		if got := apply(ctx, m, nil, Options{}, ops...); got.err != nil || got.requests != "remove network slow; stop job" {
			t.Errorf("requests %q, %v", got.requests, got.err)
		}
	})
}
