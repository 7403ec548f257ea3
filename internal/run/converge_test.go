package run

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fakeengine"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
)

// converge observes, plans and applies once, and gives the plan.
func converge(t *testing.T, m *fakeengine.Machine, p *types.Project, o plan.Options) (todo *plan.Plan, err error) {
	t.Helper()
	state, err := observe.Engine(t.Context(), fakeengine.Lists{Machine: m})
	if err != nil {
		t.Fatal(err)
	}
	observed := state.Project(p.Name).Observed
	observed.Images = map[string]string{}
	for _, s := range p.Services {
		observed.Images[plan.ImageName(p, s)] = fakeengine.ID(plan.ImageName(p, s))
	}
	if todo, err = plan.Make(p, observed, o); err != nil {
		t.Fatal(err)
	}
	_, err = on(m).Apply(t.Context(), p, todo, Options{Project: p.Name, Images: observed.Images, Sink: discard})
	return todo, err
}

const shop = `
services:
  web: {image: web, depends_on: [api], networks: [front, back]}
  api: {image: api, scale: 2, networks: [back], depends_on: {db: {condition: service_healthy}}, volumes: [/cache]}
  db: {image: db, networks: [back], volumes: ["data:/data"]}
networks: {front: {}, back: {}}
volumes: {data: {}}
`

// healthyDB makes db healthy as soon as it runs.
func healthyDB(m *fakeengine.Machine) {
	m.Set("shop-db-1", func(c *fakeengine.Container) { c.Health = "healthy" })
}

const upAndRunning = "container shop-api-1 running; container shop-api-2 running; container shop-db-1 running; container shop-web-1 running; network shop_back; network shop_front; volume shop_data"

// TestPlansConverge: a plan that was applied leaves nothing to do, and one for a changed
// project replaces what changed and nothing else.
func TestPlansConverge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := fakeengine.New()
		m.Refuse = func(request string) error {
			if request == "inspect shop-db-1" {
				healthyDB(m)
			}
			return nil
		}
		changed := strings.Replace(shop, "image: api, scale: 2,", "image: api, scale: 2, command: [serve],", 1)
		for _, step := range []struct {
			name, text string
			want       []string // requests about these containers, and no others
		}{
			{"from nothing", shop, []string{"shop-api-1", "shop-api-2", "shop-db-1", "shop-web-1"}},
			{"again", shop, nil},
			{"another command", changed, []string{"shop-api-1", "shop-api-2"}},
			{"again after the change", changed, nil},
		} {
			if _, err := converge(t, m, load(t, step.text), plan.Options{}); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			var about []string
			for _, request := range m.Requests() {
				if i := strings.LastIndex(request, "shop-"); i >= 0 {
					about = append(about, request[i:])
				}
			}
			slices.Sort(about)
			if about = slices.Compact(about); !slices.Equal(about, step.want) {
				t.Errorf("%s: requests about %q, want %q", step.name, about, step.want)
			}
			if left := strings.Join(m.Names(), "; "); left != upAndRunning {
				t.Errorf("%s: left %q", step.name, left)
			}
		}
	})
}

// TestPlansConvergeAfterAFailure: wherever a run is refused something, the next one
// finishes it, and no container and no volume is lost or left over.
func TestPlansConvergeAfterAFailure(t *testing.T) {
	t.Parallel()
	changed := strings.Replace(shop, "image: api, scale: 2,", "image: api, scale: 2, command: [serve],", 1)
	synctest.Test(t, func(t *testing.T) {
		for failing := range 10 { // the requests that replace two containers
			m := fakeengine.New()
			if _, err := converge(t, m, load(t, shop), plan.Options{Services: []string{"db"}}); err == nil {
				t.Fatal("db is not healthy, and nothing failed")
			}
			healthyDB(m)
			if _, err := converge(t, m, load(t, shop), plan.Options{}); err != nil {
				t.Fatal(err)
			}
			m.Requests()
			var requests atomic.Int64
			m.Refuse = func(request string) error {
				if strings.HasPrefix(request, "inspect") {
					return nil
				}
				if requests.Add(1) == int64(failing+1) {
					return context.DeadlineExceeded
				}
				return nil
			}
			_, failed := converge(t, m, load(t, changed), plan.Options{})
			m.Refuse = nil
			if failed == nil {
				t.Errorf("request %d was refused, and nothing failed", failing)
			}
			if _, err := converge(t, m, load(t, changed), plan.Options{}); err != nil {
				t.Errorf("request %d was refused (%v), then: %v", failing, failed, err)
			}
			if left := strings.Join(m.Names(), "; "); left != upAndRunning {
				t.Errorf("request %d was refused (%v): left %q", failing, failed, left)
			}
			m.Requests()
			if _, err := converge(t, m, load(t, changed), plan.Options{}); err != nil || len(m.Requests()) > 0 {
				t.Errorf("request %d was refused: it does not converge: %v", failing, err)
			}
		}
	})
}
