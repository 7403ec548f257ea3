package imagecmd

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/image"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/observe"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/session"
	"github.com/devup-cli/devup/internal/ui"
)

// imagesOptions are the flags of images.
type imagesOptions struct {
	quiet  bool
	format string
}

// NewImages is `devup images`.
func NewImages(p *command.Program) *cobra.Command {
	var o imagesOptions
	c := &cobra.Command{
		Use:         "images [SERVICE...]",
		Annotations: command.ReadOnly,
		Short:       "List the images of the containers",
		Example: `  devup images
  devup images --quiet backend-flask`,
		ValidArgsFunction: p.CompleteServices,
	}
	c.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "print the IDs only")
	command.TableOrJSONFlag(c, &o.format)
	c.RunE = p.Run(func(ctx context.Context, env *command.Env, args []string) error { return runImages(ctx, env, args, o) })
	return c
}

// usedImage is the image of a container in JSON. Its names are a promise.
type usedImage struct {
	Type       string `json:"type"` // "used-image"
	Container  string `json:"container"`
	Service    string `json:"service"`
	Repository string `json:"repository"` // empty when the image has no name any more
	Tag        string `json:"tag"`
	ID         string `json:"id"`
	Platform   string `json:"platform"`
	Size       int64  `json:"size"` // bytes
	Created    string `json:"created,omitempty"`
}

// imageRow is the same under the names that Compose has, for --format json.
type imageRow struct {
	ID            string
	ContainerName string
	Repository    string
	Tag           string
	Platform      string
	Size          int64
	Created       string `json:",omitempty"`
}

func runImages(ctx context.Context, env *command.Env, services []string, o imagesOptions) error {
	if err := command.CheckFormat(o.format); err != nil {
		return err
	}
	s, err := env.Observe(ctx, services...)
	if err != nil {
		return err
	}
	defer s.Close()
	objects, err := imagesOf(ctx, s, services)
	if err != nil {
		return err
	}
	if o.quiet {
		printIDs(env, objects)
		return nil
	}
	showImages(env, objects, o.format)
	return nil
}

// parallelInspects is how many images are inspected at a time.
const parallelInspects = 8

// imagesOf are those of the services' containers.
func imagesOf(ctx context.Context, s *session.Session, services []string) ([]usedImage, error) {
	var meant []container.Summary
	var ids []string
	for _, c := range s.State.Summaries(s.Name) {
		service := c.Labels[plan.LabelService]
		if len(services) > 0 && !slices.Contains(services, service) {
			continue
		}
		meant = append(meant, c)
		if !slices.Contains(ids, c.ImageID) {
			ids = append(ids, c.ImageID)
		}
	}
	found := make([]image.InspectResponse, len(ids))
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(parallelInspects)
	for i, id := range ids {
		group.Go(func() error {
			result, err := s.Engine.Client.ImageInspect(asking, id)
			if err != nil && !errdefs.IsNotFound(err) {
				return fmt.Errorf("look at the image %s: %w", plan.ShortID(id), err)
			}
			found[i] = result.InspectResponse
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	objects := make([]usedImage, len(meant))
	for i, c := range meant {
		objects[i] = imageOf(c, found[slices.Index(ids, c.ImageID)])
	}
	return objects, nil
}

// imageOf describes the image of a container. Of several names the container's own
// counts.
func imageOf(c container.Summary, found image.InspectResponse) usedImage {
	o := usedImage{
		Type: "used-image", Container: observe.NameOf(c), Service: c.Labels[plan.LabelService],
		ID: c.ImageID, Size: found.Size, Created: found.Created,
	}
	parts := []string{found.Os, found.Architecture, found.Variant}
	o.Platform = strings.Trim(strings.Join(parts, "/"), "/")
	name := ""
	for _, tag := range found.RepoTags {
		if name == "" || tag == c.Image || tag == c.Image+":latest" {
			name = tag
		}
	}
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		o.Repository, o.Tag = name[:i], name[i+1:]
	}
	return o
}

func printIDs(env *command.Env, objects []usedImage) {
	var seen []string
	for _, o := range objects {
		if id := strings.TrimPrefix(o.ID, "sha256:"); !slices.Contains(seen, id) {
			seen = append(seen, id)
			env.UI.Text(id)
		}
	}
}

func showImages(env *command.Env, objects []usedImage, format string) {
	if format == "json" {
		rows := []imageRow{}
		for _, o := range objects {
			rows = append(rows, imageRow{o.ID, o.Container, o.Repository, o.Tag, o.Platform, o.Size, o.Created})
		}
		env.UI.Object(rows)
		return
	}
	t := ui.Table{Header: []string{"CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED"}}
	for _, o := range objects {
		if env.UI.Mode() == ui.JSON {
			env.UI.Object(o)
			continue
		}
		created := ""
		if at, err := time.Parse(time.RFC3339Nano, o.Created); err == nil {
			created = command.Ago(time.Since(at))
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: o.Container},
			{Text: orNone(o.Repository), Tone: ui.Strong},
			{Text: orNone(o.Tag)},
			{Text: o.Platform},
			{Text: plan.ShortID(o.ID)},
			{Text: command.Size(o.Size)},
			{Text: created},
		})
	}
	if len(t.Rows) > 0 {
		env.UI.Table(t)
	} else if env.UI.Mode() != ui.JSON {
		env.Say("no container, so no image; `devup up` creates them")
	}
}

func orNone(text string) string {
	if text == "" {
		return "<none>"
	}
	return text
}
