package show

import (
	"context"
	"slices"
	"strconv"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/logs"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
)

// Followed says whose logs are shown.
type Followed struct {
	Services []string // none for all that the files name
	Number   int      // only the container with this number; 0 for all
	Aside    []string // those of Services that are followed only as long as the others run
	Since    string   // also containers that have started since, by the engine's clock; empty for those that start from now on
}

// Logs prints the logs of services until ctx ends or, unless they are followed, to their end.
// A service is followed: also in a container that replaces one of its containers or is
// added to them.
func Logs(ctx context.Context, env *command.Env, s *session.Session, f Followed, o logs.Options) error {
	if o.Sink == nil {
		o.Sink = env.Sink
	}
	return f.Follow(ctx, s, o, env.UI.AlignLogs)
}

// Follow reports the lines of what is followed to the sink of the options. named gets the names of the lines
// before they come.
func (f Followed) Follow(ctx context.Context, s *session.Session, o logs.Options, named func([]string)) error {
	if len(f.Services) == 0 {
		f.Services = s.Declared()
	}
	count := map[string]int{}
	var sources []logs.Source
	for _, c := range s.Containers(f.Services) {
		count[c.Service]++
		if f.Number == 0 || c.Number == f.Number {
			sources = append(sources, f.source(c.ID, c.Name, c.Service, c.Number))
		}
	}
	var names []string
	for i, source := range sources {
		sources[i].Several = count[source.Service] > 1
		names = append(names, sources[i].Label())
	}
	named(names)
	if o.Follow {
		o.Later = f.later(s.Name)
	}
	return logs.Follow(ctx, s.Engine.Client, sources, o)
}

func (f Followed) source(id, name, service string, number int) logs.Source {
	return logs.Source{Service: service, Container: name, ID: id, Number: number, Aside: slices.Contains(f.Aside, service)}
}

// later are the containers that start while logs are followed, by their labels.
func (f Followed) later(project string) *logs.Later {
	return &logs.Later{
		Label: plan.LabelProject + "=" + project, Since: f.Since,
		Source: func(id string, labels map[string]string) (logs.Source, bool) {
			service := labels[plan.LabelService]
			number, _ := strconv.Atoi(labels[plan.LabelNumber])
			meant := service != "" && labels[plan.LabelOneOff] != "True" && (f.Number == 0 || f.Number == number) &&
				(len(f.Services) == 0 || slices.Contains(f.Services, service))
			return f.source(id, labels["name"], service, number), meant
		},
		Successor: func(labels map[string]string) bool { return labels[plan.LabelReplace] != "" },
	}
}
