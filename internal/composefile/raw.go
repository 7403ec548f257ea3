package composefile

import (
	"context"
	"maps"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// Raw is the merged config as plain keys and values, with its variables as they are
// written. flag is the name that a flag gives the project, or empty. It holds no value of
// the environment. Services and profiles are not selected. The error is a [fail.Error].
func (s *Set) Raw(ctx context.Context, flag string) (map[string]any, error) {
	if err := s.checkReads(); err != nil {
		return nil, OnStandardInput(err)
	}
	name, given, err := s.outerName(flag)
	if err != nil {
		return nil, err
	}
	details := s.details()
	lookup := details.LookupEnv
	load := func() (map[string]any, error) {
		model, err := loader.LoadModelWithContext(ctx, details, func(lo *loader.Options) {
			lo.SetProjectName(name, given)
			lo.SkipInterpolation, lo.SkipValidation = true, true
			lo.Interpolate.LookupValue = lookup // the project's name is still filled in
		})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, OnStandardInput(Explain(err, s.Files))
		}
		return model, nil
	}
	model, err := load()
	if err != nil {
		return nil, err
	}
	// The loader fills in variables that are passed through, also those of env files
	// that it reads itself. A mark in the place of each value shows where.
	details.Environment = maps.Clone(details.Environment)
	markNames(model, details.Environment)
	if model, err = load(); err != nil {
		return nil, err
	}
	unfill(model)
	return model, nil
}

// mark stands for the value of a variable. No value of a process or file can be it.
const mark = "\x00"

// markNames gives a mark to whatever in a config may be the name of a variable.
func markNames(v any, env types.Mapping) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			env[key] = mark
			markNames(value, env)
		}
	case []any:
		for _, value := range v {
			markNames(value, env)
		}
	case string:
		name, _, _ := strings.Cut(v, "=")
		env[name] = mark
	}
}

// unfill takes out of a config what the loader has filled in.
func unfill(v any) {
	switch v := v.(type) {
	case map[string]any:
		_, named := v["environment"].(string) // a secret or a config, whose value is that of a variable
		for key, value := range v {
			switch {
			case value == any(mark) && named:
				delete(v, key)
			case value == any(mark):
				v[key] = nil
			default:
				unfill(value)
			}
		}
	case []any:
		for i, value := range v {
			if text, ok := value.(string); ok {
				v[i] = strings.TrimSuffix(text, "="+mark)
			}
			unfill(value)
		}
	}
}
