package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/plan"
)

// world is an engine in memory: it carries plans out, so that tests can plan on
// what an earlier plan left.
type world struct {
	plan.Observed
	made int
}

// devups is what the engine shows after a first run of the project.
func devups(t *testing.T, p *types.Project) plan.Observed {
	t.Helper()
	w := &world{}
	w.Images = images(p)
	w.run(t, p, plan.Options{})
	return w.Observed
}

// images gives every image of a project an ID.
func images(p *types.Project) map[string]string {
	ids := map[string]string{}
	for _, s := range p.Services {
		ids[plan.ImageName(p, s)] = "sha256:" + s.Name + "-image"
	}
	return ids
}

// run plans and carries the plan out.
func (w *world) run(t *testing.T, p *types.Project, o plan.Options) *plan.Plan {
	t.Helper()
	todo, err := plan.Make(p, w.Observed, o)
	if err != nil {
		t.Fatal(err)
	}
	w.apply(p, todo, len(todo.Ops))
	return todo
}

// apply carries out the first operations of a plan, one after the other.
func (w *world) apply(p *types.Project, todo *plan.Plan, count int) {
	for _, op := range todo.Ops[:count] {
		w.do(p, op)
	}
}

func (w *world) do(p *types.Project, op plan.Op) {
	switch op.Action {
	case plan.CreateNetwork, plan.RecreateNetwork:
		for i := range w.Containers {
			if op.Action == plan.RecreateNetwork {
				delete(w.Containers[i].Networks, op.Name)
			}
		}
		w.removeNetwork(op.Name)
		w.Networks = append(w.Networks, plan.Network{
			ID: w.id("net"), Name: op.Name, Key: op.Key, Hash: op.Labels[plan.LabelHash], Fields: op.Labels[plan.LabelFields],
		})
	case plan.RemoveNetwork:
		w.removeNetwork(op.Name)
	case plan.CreateVolume:
		w.Volumes = append(w.Volumes, plan.Volume{Name: op.Name, Key: op.Key, Hash: op.Labels[plan.LabelHash], Fields: op.Labels[plan.LabelFields]})
	case plan.RemoveVolume:
		w.Volumes = slices.DeleteFunc(w.Volumes, func(v plan.Volume) bool { return v.Name == op.Name })
	case plan.Create:
		w.create(p, op)
	case plan.Recreate:
		w.remove(op.Old.ID)
		w.create(p, op)
	case plan.Remove:
		w.remove(op.Old.ID)
	case plan.Start, plan.Unpause, plan.RestartOnly, plan.Rename:
		for i := range w.Containers {
			if w.Containers[i].ID == op.Old.ID {
				w.Containers[i].State, w.Containers[i].Name, w.Containers[i].Replaces = "running", op.Name, ""
			}
		}
	}
}

func (w *world) create(p *types.Project, op plan.Op) {
	s := p.Services[op.Service]
	c := plan.Container{
		ID: w.id(op.Service), Name: op.Name, Service: op.Service, Number: op.Number, State: "running",
		Image: w.Images[plan.ImageName(p, s)], Hash: op.Labels[plan.LabelHash], Fields: op.Labels[plan.LabelFields],
		DependsOn: plan.Dependencies(s), Networks: map[string]string{},
	}
	if op.NoStart {
		c.State = "created"
	}
	for key := range s.Networks {
		name := p.Networks[key].Name
		known, _ := w.Network(name)
		c.Networks[name] = known.ID
	}
	for _, v := range s.Volumes {
		m := plan.Mount{Type: v.Type, Source: v.Source, Target: v.Target}
		if v.Type == types.VolumeTypeVolume {
			m.Source, m.Name = "", p.Volumes[v.Source].Name
		}
		c.Mounts = append(c.Mounts, m)
	}
	w.Containers = append(w.Containers, c)
}

// id is a new one; the first is the plain word.
func (w *world) id(word string) string {
	w.made++
	return fmt.Sprintf("%s-%d", word, w.made)
}

func (w *world) remove(id string) {
	w.Containers = slices.DeleteFunc(slices.Clone(w.Containers), func(c plan.Container) bool { return c.ID == id })
}

func (w *world) removeNetwork(name string) {
	w.Networks = slices.DeleteFunc(slices.Clone(w.Networks), func(n plan.Network) bool { return n.Name == name })
}
