package up

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/egress"
	"github.com/devup-cli/devup/internal/engineconfig"
	"github.com/devup-cli/devup/internal/project"
)

// mountCopies mounts the secrets and configs of read_only services that would be copied into
// their containers: the engine copies nothing into a root that it may not write. The files
// lie where those with credentials do, until no container has them mounted. An engine on
// another machine does not have them, and there the services are refused.
func mountCopies(p *project.Project, files Mounts) error {
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if !s.ReadOnly {
			continue
		}
		copies, err := engineconfig.Copies(p.Project, s)
		if err != nil {
			return err
		}
		if len(copies) == 0 {
			continue
		}
		s.Volumes = slices.Clone(s.Volumes)
		for _, c := range copies {
			mode := fs.FileMode(c.Mode)
			if mode&0o004 == 0 && (os.Geteuid() != 0 || c.GID != 0) {
				mode = 0o444
				p.Notes = append(p.Notes, fmt.Sprintf("%s: %s is mounted, as the service is read_only, and can be read by every user in the container", name, c.Target))
			}
			source, err := files.store(egress.File{Name: path.Base(c.Target), Content: []byte(c.Content), Mode: mode}, c.UID, true)
			if err != nil {
				return err
			}
			s.Volumes = append(s.Volumes, types.ServiceVolumeConfig{Type: types.VolumeTypeBind, Source: source, Target: c.Target, ReadOnly: true})
		}
		s.Secrets = slices.DeleteFunc(slices.Clone(s.Secrets), func(r types.ServiceSecretConfig) bool { return p.Secrets[r.Source].File == "" })
		s.Configs = slices.DeleteFunc(slices.Clone(s.Configs), func(r types.ServiceConfigObjConfig) bool { return p.Configs[r.Source].File == "" })
		p.Services[name] = s
	}
	return nil
}
