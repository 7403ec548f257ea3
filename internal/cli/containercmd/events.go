package containercmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/ui"
)

// eventsOptions are the flags of events.
type eventsOptions struct{ since, until string }

// NewEvents is `devup events`.
func NewEvents(p *command.Program) *cobra.Command {
	var o eventsOptions
	c := &cobra.Command{
		Use:         "events [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "Print what happens to the containers, as it happens",
		Long: `Print what happens to the containers of the services until Ctrl-C, or what happened
between two times. Times are RFC 3339 or durations back from now.`,
		Example: `  devup events
  devup events --json --since 10m --until 1s web`,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().StringVar(&o.since, "since", "", "begin with what happened since this `time`")
	c.Flags().StringVar(&o.until, "until", "", "end at this `time`")
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runEvents(ctx, env, args, o) })
	return c
}

// happening is an event in JSON, as Compose prints it.
type happening struct {
	Action     string            `json:"action"`
	Attributes map[string]string `json:"attributes"`
	ID         string            `json:"id"`
	Service    string            `json:"service"`
	Time       time.Time         `json:"time"`
	Type       string            `json:"type"` // "container"
}

func runEvents(ctx context.Context, env *command.Env, services []string, o eventsOptions) error {
	since, until, err := command.EngineTimes(o.since, o.until)
	if err != nil {
		return err
	}
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	stream := s.Engine.Client.Events(ctx, client.EventsListOptions{
		Since: since, Until: until,
		Filters: client.Filters{}.Add("label", plan.LabelProject+"="+s.Name).Add("type", string(events.ContainerEventType)),
	})
	for {
		select {
		case m := <-stream.Messages:
			if h, ok := happeningOf(m, services); ok {
				printHappening(env, h)
			}
		case err := <-stream.Err:
			if errors.Is(err, io.EOF) || o.until != "" && err == nil {
				return nil
			}
			if ctx.Err() != nil {
				return command.ExitCode(130)
			}
			return fmt.Errorf("listen to the engine: %w", err)
		}
	}
}

// happeningOf is a message of the engine, if it is about one of the services.
func happeningOf(m events.Message, services []string) (happening, bool) {
	attributes := maps.Clone(m.Actor.Attributes)
	service := attributes[plan.LabelService]
	if strings.EqualFold(attributes[plan.LabelOneOff], "true") || len(services) > 0 && !slices.Contains(services, service) {
		return happening{}, false
	}
	maps.DeleteFunc(attributes, func(name, _ string) bool {
		return strings.HasPrefix(name, "com.docker.compose.") || strings.HasPrefix(name, "dev.devup.")
	})
	return happening{actionOf(m), attributes, m.Actor.ID, service, time.Unix(0, m.TimeNano), "container"}, true
}

// actionOf is what happened, without the command of an exec, which a variable may be part of.
func actionOf(m events.Message) string {
	action := string(m.Action)
	if strings.HasPrefix(action, "exec_") {
		action, _, _ = strings.Cut(action, ":")
	}
	return action
}

func printHappening(env *command.Env, h happening) {
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(h)
		return
	}
	var attributes []string
	for _, name := range slices.Sorted(maps.Keys(h.Attributes)) {
		attributes = append(attributes, name+"="+h.Attributes[name])
	}
	env.UI.Text(fmt.Sprintf("%s container %s %s (%s)", h.Time.Format("2006-01-02 15:04:05.000000"), h.Action, h.ID, strings.Join(attributes, ", ")))
}
