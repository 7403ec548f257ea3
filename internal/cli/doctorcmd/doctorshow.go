package doctorcmd

import (
	"fmt"
	"strings"

	"github.com/devup-cli/devup/internal/cli/command"
	"github.com/devup-cli/devup/internal/doctor"
	"github.com/devup-cli/devup/internal/ui"
)

// findingObject is a finding in JSON. Its names are a promise.
type findingObject struct {
	Type    string     `json:"type"` // "finding"
	Check   string     `json:"check"`
	Level   string     `json:"level"` // "ok", "warning" or "problem"
	Text    string     `json:"text"`
	Details []string   `json:"details,omitempty"`
	Hint    string     `json:"hint,omitempty"`
	Fix     *fixObject `json:"fix,omitempty"`
	Took    float64    `json:"took"` // seconds
}

// fixObject is what `devup doctor --fix` would do.
type fixObject struct {
	Does string `json:"does"`
	Safe bool   `json:"safe"` // it is done without a question
}

// showFindings prints what the checks found. Those that have nothing to tell share a
// line. offer says to name what --fix would do.
func showFindings(env *command.Env, findings []doctor.Finding, offer bool) {
	if env.UI.Mode() == ui.JSON {
		for _, f := range findings {
			env.UI.Object(objectOf(f))
		}
		return
	}
	width := len("others")
	var quiet []string
	for _, f := range findings {
		width = max(width, len(f.Name))
		if f.Text == "" {
			quiet = append(quiet, f.Name)
		}
	}
	for _, f := range findings {
		if f.Text != "" {
			showFinding(env, f, width, offer)
		}
	}
	if len(quiet) > 0 {
		showFinding(env, doctor.Finding{Name: "others", Level: doctor.OK, Text: "nothing wrong with: " + strings.Join(quiet, ", ")}, width, false)
	}
}

func objectOf(f doctor.Finding) findingObject {
	o := findingObject{
		Type: "finding", Check: f.Name, Level: string(f.Level), Text: f.Text, Details: f.Details, Hint: f.Hint, Took: f.Took.Seconds(),
	}
	if f.Fix != nil {
		o.Fix = &fixObject{f.Fix.Does, f.Fix.Safe}
	}
	return o
}

func showFinding(env *command.Env, f doctor.Finding, width int, offer bool) {
	tones := map[doctor.Level]ui.Tone{doctor.OK: ui.Good, doctor.Warning: ui.Notice, doctor.Problem: ui.Bad}
	env.UI.Line(ui.Cell{Text: fmt.Sprintf("%-7s", f.Level), Tone: tones[f.Level]},
		ui.Cell{Text: fmt.Sprintf("%-*s", width, f.Name), Tone: ui.Strong}, ui.Cell{Text: f.Text})
	below := strings.Repeat(" ", len("warning")+2+width)
	for _, line := range f.Details {
		env.UI.Line(ui.Cell{Text: below}, ui.Cell{Text: "- " + line})
	}
	if f.Hint != "" {
		env.UI.Line(ui.Cell{Text: below}, ui.Cell{Text: "hint: " + f.Hint})
	}
	if f.Fix != nil && offer {
		asks := ""
		if !f.Fix.Safe {
			asks = ", after asking"
		}
		env.UI.Line(ui.Cell{Text: below}, ui.Cell{Text: "fix: `devup doctor --fix` does this" + asks + ": " + f.Fix.Does})
	}
}
