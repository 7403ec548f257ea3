package composefile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/symbol"
)

// To check files against Compose's schema takes longer than all else of a load: each
// process compiles the schema again. What was right once is right the next time, so a load
// proves what it checked by the hash of all that the check depends on (the schema, the
// files, and what became of each text with a variable), and who brings that hash is spared
// the check.

// Model is the loaded files.
type Model struct {
	Project   *types.Project // all of it: no services are selected, and no env files of services are read
	Validated string         // the hash to give to the next load; empty where the files name others
	Unset     Unset          // also where there is no model
}

// LoadOptions say how to load a model.
type LoadOptions struct {
	Name      string   // of the project
	Profiles  []string // that are active
	Validated string   // of an earlier load, which makes this one faster where nothing has changed; empty for none
}

// Load loads the files. The error is a [fail.Error] with the code Config and, where it can
// be told, file and line; the model then only has Unset.
func (s *Set) Load(ctx context.Context, o LoadOptions) (Model, error) {
	if err := s.checkReads(); err != nil {
		return Model{}, OnStandardInput(err)
	}
	if err := s.refuseRemote(); err != nil {
		return Model{}, OnStandardInput(err)
	}
	l := &modelLoad{set: s, options: o}
	if model, ok := l.second(ctx); ok {
		return model, s.counts(model.Project)
	}
	model, validated, err := l.attempt(ctx, true)
	if ctx.Err() != nil {
		return Model{}, ctx.Err()
	}
	if err != nil {
		return Model{Unset: l.expander.unset()}, OnStandardInput(Explain(err, s.Files))
	}
	return Model{model, validated, l.expander.unset()}, s.counts(model)
}

// modelLoad is one run of [Set.Load].
type modelLoad struct {
	set      *Set
	options  LoadOptions
	expander expander
}

// second loads the files unchecked, because only then it is known what they say, and is not
// ok where the given hash does not stand for them. What goes wrong is not told: the check
// comes first and says more, and without it compose-go panics at values of a wrong type.
func (l *modelLoad) second(ctx context.Context) (m Model, ok bool) {
	if l.options.Validated == "" {
		return Model{}, false
	}
	defer func() {
		if recover() != nil {
			ok = false
		}
		if !ok {
			l.expander = expander{}
		}
	}()
	model, validated, err := l.attempt(ctx, false)
	return Model{model, validated, l.expander.unset()}, err == nil && validated == l.options.Validated
}

// attempt loads the files, checked against the schema or not, and gives the hash that
// stands for them. The hash is empty where they name other files, which it would not cover.
func (l *modelLoad) attempt(ctx context.Context, checked bool) (*types.Project, string, error) {
	expanded, others := map[string]string{}, false
	var over error // what ended the load
	model, err := build(ctx, l.set.details(), func(lo *loader.Options) {
		lo.SetProjectName(l.options.Name, true)
		lo.Profiles = l.options.Profiles
		lo.SkipResolveEnvironment, lo.SkipResolveLabels = true, true
		lo.SkipValidation = !checked
		lo.Interpolate.Substitute = func(text string, lookup template.Mapping) (string, error) {
			if over == nil {
				over = ctx.Err()
			}
			if over != nil {
				return "", over
			}
			value, err := l.expander.substitute(text, lookup)
			expanded[text] = value
			if errors.Is(err, errTooMuch) {
				over = placed(err, l.set.Files, text)
				err = over
			}
			return value, err
		}
		lo.Interpolate.TypeCastMapping = casts(lo.Interpolate.TypeCastMapping, &portCount{})
		lo.Listeners = append(lo.Listeners, func(event string, about map[string]any) {
			others = others || event == "include" || about["file"] != nil // of extends
		})
	})
	if err == nil {
		applyResets(model, l.set.Files)
		err = labelFiles(model)
	}
	if err != nil {
		return nil, "", err
	}
	for _, s := range l.set.Files {
		model.ComposeFiles = append(model.ComposeFiles, s.Path)
	}
	if others {
		return model, "", nil
	}
	return model, validatedHash(l.set.Files, expanded), nil
}

func validatedHash(sources []File, expanded map[string]string) string {
	h := sha256.New()
	write := func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) }
	write(schema.Schema)
	for _, s := range sources {
		write(s.Path)
		write(string(s.content))
	}
	for _, text := range slices.Sorted(maps.Keys(expanded)) {
		write(text)
		write(expanded[text])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// casts adds to the loader's casts the places where a token would do harm: what
// is parsed while loading. There a variable that is not set yet counts as unset,
// so that ${DEVUP_PORT_WEB:-3000}:3000 asks for port 3000.
func casts(loaders map[tree.Path]interpolation.Cast, ports *portCount) map[tree.Path]interpolation.Cast {
	all := make(map[tree.Path]interpolation.Cast, len(loaders)+12)
	for path, cast := range loaders {
		all[path] = func(value string) (any, error) { return cast(symbol.Fill(value, symbol.NoValue)) }
	}
	for _, path := range []string{
		"name", "services.*.image", "services.*.container_name", "services.*.ports.[].published",
		"services.*.ports.[].host_ip", "services.*.expose.[]", "services.*.build", "services.*.build.context",
		"services.*.build.dockerfile", "services.*.build.target", "services.*.env_file", "services.*.env_file.[]", "services.*.env_file.[].path",
		"services.*.extends.file", "services.*.volumes.[].source", "services.*.platform",
		"networks.*.name", "volumes.*.name", "include.[]", "include.[].path",
	} {
		all[tree.Path(path)] = func(value string) (any, error) { return symbol.Fill(value, symbol.NoValue), nil }
	}
	// The loader parses these two later, and does not say then where they stand.
	all["services.*.ports.[]"] = func(value string) (any, error) {
		if bad := ports.add(symbol.Fill(value, symbol.NoValue)); bad != nil {
			return value, bad
		}
		return shortPort(symbol.Fill(value, symbol.NoValue))
	}
	all["services.*.volumes.[]"] = func(value string) (any, error) { return shortVolume(symbol.Fill(value, symbol.NoValue)) }
	return all
}
