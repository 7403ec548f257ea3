package up

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/plan"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/untrusted"
)

// contents digests the configs and secrets that services of the project mount, so
// that a container is replaced when one of them changed. A directory counts by its
// name alone.
func contents(p *project.Project) (plan.Contents, error) {
	digests := plan.Contents{}
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		for _, c := range s.Configs {
			if err := digest(digests, p.Project, name, "config "+c.Source, types.FileObjectConfig(p.Configs[c.Source])); err != nil {
				return nil, err
			}
		}
		for _, c := range s.Secrets {
			if err := digest(digests, p.Project, name, "secret "+c.Source, types.FileObjectConfig(p.Secrets[c.Source])); err != nil {
				return nil, err
			}
		}
	}
	return digests, nil
}

func digest(digests plan.Contents, p *types.Project, service, key string, o types.FileObjectConfig) error {
	if _, known := digests[key]; known || bool(o.External) {
		return nil
	}
	if o.File == "" {
		value := o.Content
		if o.Environment != "" && value == "" {
			value = p.Environment[o.Environment]
		}
		digests[key] = plan.Digest([]byte(value))
		return nil
	}
	if info, err := os.Stat(o.File); err == nil && info.IsDir() {
		return nil
	}
	content, err := untrusted.ReadFile(o.File, untrusted.MaxLock)
	if _, large := errors.AsType[untrusted.LimitError](err); large {
		content, err = sizeAndTime(o.File)
	}
	if err != nil {
		code, hint := fail.Config, "create it, or change `file:` of the "+key
		switch {
		case errors.Is(err, fs.ErrPermission):
			code, hint = fail.Denied, "make it readable for your user"
		case errors.Is(err, untrusted.ErrNotRegular):
			hint = "name a regular file, not a pipe or device"
		}
		e := fail.Wrap(err, code, hint, "the %s, which %s mounts, cannot be read", key, service)
		e.Service, e.File, e.CauseShown = service, o.File, true
		return e
	}
	digests[key] = plan.Digest(content)
	return nil
}

// sizeAndTime replaces the content of a file that is too large to be read each time.
func sizeAndTime(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	return fmt.Append(nil, info.Size(), info.ModTime().UnixNano()), nil
}
