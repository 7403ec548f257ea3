package cli

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// mendObject is what became of a fix, in JSON. Its names are a promise.
type mendObject struct {
	Type    string `json:"type"` // "fix"
	Check   string `json:"check"`
	Does    string `json:"does"`
	Outcome string `json:"outcome"` // "done", "failed", "declined", or "left" where nobody could be asked
}

// mostRounds bounds how often mending is followed by another look: an engine that was
// started may show what there is to do on it.
const mostRounds = 3

// mend does what the findings offer, looks again, and shows what has changed. It gives
// what is found in the end.
func (a *app) mend(ctx context.Context, findings []doctor.Finding) ([]doctor.Finding, error) {
	tried := map[string]bool{}
	for range mostRounds {
		var mended []string
		for _, f := range findings {
			if f.Fix == nil || tried[f.Name+": "+f.Fix.Does] {
				continue
			}
			tried[f.Name+": "+f.Fix.Does] = true
			outcome, err := a.fix(ctx, *f.Fix)
			if ctx.Err() != nil {
				return findings, ctx.Err()
			}
			a.showMend(f, outcome, err)
			if outcome == "done" {
				mended = append(mended, f.Name)
			}
		}
		if len(mended) == 0 {
			break
		}
		_, now, err := a.examine(ctx)
		if err != nil {
			return findings, err
		}
		a.showFindings(changed(findings, now, mended), false)
		findings = now
	}
	return findings, nil
}

// fix does one thing, unless the person has to be asked and does not agree.
func (a *app) fix(ctx context.Context, f doctor.Fix) (outcome string, err error) {
	switch {
	case a.flags.dryRun, !f.Safe && !a.settings.Yes && !a.canAsk():
		return "left", nil
	case !f.Safe:
		if yes, err := a.confirm(ctx, f.Does+"?"); err != nil || !yes {
			return "declined", err
		}
	}
	if err := f.Do(ctx); err != nil {
		return "failed", err
	}
	return "done", nil
}

func (a *app) showMend(f doctor.Finding, outcome string, err error) {
	if err != nil {
		a.ui.Error(fail.Wrap(err, fail.CodeOf(err), "", "the check %s: could not %s", f.Name, f.Fix.Does))
	}
	if a.ui.Mode() == ui.JSON {
		a.ui.Object(mendObject{"fix", f.Name, f.Fix.Does, outcome})
		return
	}
	switch {
	case outcome == "done":
		a.ui.Say("done: " + f.Fix.Does)
	case outcome == "left" && a.flags.dryRun:
		a.ui.Say("would do: " + f.Fix.Does)
	case outcome == "left":
		a.ui.Say("left, because nobody can be asked here: " + f.Fix.Does + " (`devup doctor --fix --yes` does it)")
	}
}

// changed are the findings that are others than before, and those of the checks that
// were mended.
func changed(before, now []doctor.Finding, mended []string) []doctor.Finding {
	return slices.DeleteFunc(slices.Clone(now), func(f doctor.Finding) bool {
		same := slices.ContainsFunc(before, func(b doctor.Finding) bool {
			return b.Name == f.Name && b.Level == f.Level && b.Text == f.Text
		})
		return same && !slices.Contains(mended, f.Name)
	})
}
