package show

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/session"
)

// Configs are the configs in effect, by service.
func Configs(ctx context.Context, env *command.Env, s *session.Session) (map[string]map[string]any, error) {
	text, err := s.Resolved(ctx, 0, 0).JSON()
	if err != nil {
		return nil, err
	}
	var model struct{ Services map[string]map[string]any }
	if err := json.Unmarshal(text, &model); err != nil {
		return nil, fmt.Errorf("read the project's own JSON: %w", err)
	}
	mask := MaskIn(env, s.Project.WorkingDir, s.Project)
	for _, config := range model.Services {
		maps.DeleteFunc(config, func(_ string, value any) bool { return value == nil })
		Masked(mask, "", config)
	}
	return model.Services, nil
}
