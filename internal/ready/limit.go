package ready

import (
	"fmt"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/project"
)

// limitOf names the key that limits the memory of a service, and where it is; empty
// where there is none.
func limitOf(p *project.Project, s types.ServiceConfig) string {
	keys, name := []string{"services", s.Name, "mem_limit"}, "mem_limit"
	switch {
	case s.MemLimit > 0:
	case s.Deploy != nil && s.Deploy.Resources.Limits != nil && s.Deploy.Resources.Limits.MemoryBytes > 0:
		keys, name = []string{"services", s.Name, "deploy", "resources", "limits", "memory"}, "deploy.resources.limits.memory"
	default:
		return ""
	}
	text := fmt.Sprintf("`%s` of %s", name, s.Name)
	if file, line := p.Locate(keys...); line > 0 {
		text += fmt.Sprintf(" (%s:%d)", filepath.Base(file), line)
	}
	return text
}
