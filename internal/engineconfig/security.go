package engineconfig

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/untrusted"
)

// security gives the security options in the engine's form: the engine takes a
// seccomp profile as its content, never as a file. unconfined says that nothing
// of /proc and /sys is hidden.
func security(p *types.Project, s types.ServiceConfig) (options []string, unconfined bool, err error) {
	for _, option := range s.SecurityOpt {
		if option == "systempaths=unconfined" {
			unconfined = true
			continue
		}
		key, value, found := strings.Cut(option, "=")
		if !found {
			key, value, found = strings.Cut(option, ":")
		}
		if !found && key != "no-new-privileges" {
			return nil, false, fail.New(fail.Config, "write NAME=VALUE, such as seccomp=profile.json or label=disable", "service %s: invalid security_opt %q", s.Name, option)
		}
		if key == "seccomp" && value != "unconfined" && value != "builtin" {
			profile, err := seccomp(p, s.Name, value)
			if err != nil {
				return nil, false, err
			}
			option = "seccomp=" + profile
		}
		options = append(options, option)
	}
	return options, unconfined, nil
}

func seccomp(p *types.Project, service, name string) (string, error) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.WorkingDir, name)
	}
	content, err := untrusted.ReadFile(name, untrusted.MaxText)
	if err != nil {
		return "", fail.Wrap(err, fail.Config, "use an existing file, or seccomp=unconfined", "service %s: cannot read the seccomp profile %q", service, name)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, content); err != nil {
		return "", fail.Wrap(err, fail.Config, "use a profile as Docker's own: a JSON object", "service %s: the seccomp profile %q is not JSON", service, name)
	}
	return compact.String(), nil
}
