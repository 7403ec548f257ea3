package doctorcmd

import (
	"context"
	"slices"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
)

// fixedObject is what became of a fix, in JSON. Its names are a promise.
type fixedObject struct {
	Type    string `json:"type"` // "fix"
	Check   string `json:"check"`
	Does    string `json:"does"`
	Outcome string `json:"outcome"` // "done", "failed", "declined", or "left" where there was no one to ask
}

// mostRounds bounds how often fixing is followed by another look: an engine that was
// started may show what there is to do on it.
const mostRounds = 3

// fix does what the findings offer, looks again, and shows what has changed. It gives
// what is found in the end.
func applyFixes(ctx context.Context, env *command.Env, findings []doctor.Finding) ([]doctor.Finding, error) {
	tried := map[string]bool{}
	for range mostRounds {
		var fixed []string
		for _, f := range findings {
			if f.Fix == nil || tried[f.Name+": "+f.Fix.Does] {
				continue
			}
			tried[f.Name+": "+f.Fix.Does] = true
			outcome, err := fix(ctx, env, *f.Fix)
			if ctx.Err() != nil {
				return findings, ctx.Err()
			}
			showFix(env, f, outcome, err)
			if outcome == "done" {
				fixed = append(fixed, f.Name)
			}
		}
		if len(fixed) == 0 {
			break
		}
		_, now, err := examine(ctx, env)
		if err != nil {
			return findings, err
		}
		showFindings(env, changed(findings, now, fixed), false)
		findings = now
	}
	return findings, nil
}

// fix does one thing, unless the user has to be asked and does not agree.
func fix(ctx context.Context, env *command.Env, f doctor.Fix) (outcome string, err error) {
	switch {
	case env.Flags.DryRun, !f.Safe && !env.Settings.Yes && !env.CanAsk():
		return "left", nil
	case !f.Safe:
		if yes, err := env.Confirm(ctx, f.Does+"?"); err != nil || !yes {
			return "declined", err
		}
	}
	if err := f.Do(ctx); err != nil {
		return "failed", err
	}
	return "done", nil
}

func showFix(env *command.Env, f doctor.Finding, outcome string, err error) {
	if err != nil {
		env.UI.Error(fail.Wrap(err, fail.CodeOf(err), "", "the check %s: could not %s", f.Name, f.Fix.Does))
	}
	if env.UI.Mode() == ui.JSON {
		env.UI.Object(fixedObject{"fix", f.Name, f.Fix.Does, outcome})
		return
	}
	switch {
	case outcome == "done":
		env.Say("done: " + f.Fix.Does)
	case outcome == "left" && env.Flags.DryRun:
		env.Say("would do: " + f.Fix.Does)
	case outcome == "left":
		env.Say("not done, as there is no terminal to ask on: " + f.Fix.Does + " (`devup doctor --fix --yes` does it)")
	}
}

// changed are the findings that are others than before, and those of the checks that
// were fixed.
func changed(before, now []doctor.Finding, fixed []string) []doctor.Finding {
	return slices.DeleteFunc(slices.Clone(now), func(f doctor.Finding) bool {
		same := slices.ContainsFunc(before, func(b doctor.Finding) bool {
			return b.Name == f.Name && b.Level == f.Level && b.Text == f.Text
		})
		return same && !slices.Contains(fixed, f.Name)
	})
}
