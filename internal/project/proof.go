package project

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/schema"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
)

// To check files against Compose's schema takes longer than all else of a load: each
// process compiles the schema anew. What was right once is right the next time, so a load
// proves what it checked by the hash of all that the check depends on (the schema, the
// files, and what became of each text with a variable), and who brings the proof is spared
// the check.

// compose runs compose-go's loader: everything but the selection of services
// and the reading of their env files.
func (l *loading) compose(ctx context.Context) (*types.Project, error) {
	if model := l.proven(ctx); model != nil {
		return model, nil
	}
	model, proof, err := l.attempt(ctx, true)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, l.wanting(explain(err, l.sources))
	}
	l.proof = proof
	return model, nil
}

// proven loads the files unchecked, because only then it is known what they say, and gives
// nil where the given proof does not stand for them. What goes wrong is not told: the check
// comes first and says more, and without it compose-go panics at values of a wrong type.
func (l *loading) proven(ctx context.Context) (model *types.Project) {
	given := l.proof
	if given == "" {
		return nil
	}
	defer func() {
		if recover() != nil {
			model = nil
		}
		if model == nil {
			l.expander = expander{}
		}
	}()
	model, l.proof, _ = l.attempt(ctx, false)
	if l.proof != given {
		return nil
	}
	return model
}

// attempt loads the files, checked against the schema or not, and gives the proof that
// stands for them. The proof is empty where they name other files, which it would not cover.
func (l *loading) attempt(ctx context.Context, checked bool) (model *types.Project, proof string, err error) {
	expanded, others := map[string]string{}, false
	var over error // what ended the load
	model, err = build(ctx, l.details(), func(lo *loader.Options) {
		lo.SetProjectName(l.name, true)
		lo.Profiles = l.profiles()
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
				over = placed(err, l.sources, text)
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
		err = labelFiles(model)
	}
	if err != nil {
		return nil, "", err
	}
	for _, s := range l.sources {
		model.ComposeFiles = append(model.ComposeFiles, s.path)
	}
	if others {
		return model, "", nil
	}
	return model, proofOf(l.sources, expanded), nil
}

func proofOf(sources []source, expanded map[string]string) string {
	h := sha256.New()
	write := func(s string) { fmt.Fprintf(h, "%d:%s", len(s), s) }
	write(schema.Schema)
	for _, s := range sources {
		write(s.path)
		write(string(s.content))
	}
	for _, text := range sortedKeys(expanded) {
		write(text)
		write(expanded[text])
	}
	return hex.EncodeToString(h.Sum(nil))
}
