package command

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/ui"
	"github.com/devup-cli/devup/internal/untrusted"
)

// FormatFlag declares --format where results may be had in a form of one's own.
func FormatFlag(c *cobra.Command, format *string) {
	c.Flags().StringVar(format, "format", "", "print a table, json, or what this Go `template` makes of each row")
}

// TableOrJSONFlag declares --format where there are two forms.
func TableOrJSONFlag(c *cobra.Command, format *string) {
	c.Flags().StringVar(format, "format", "", "print in this `form`: table or json")
}

// CheckFormat refuses a form that is neither table nor json.
func CheckFormat(format string) error {
	switch format {
	case "", "table", "json", "pretty":
		return nil
	}
	return fail.New(fail.Usage, "", "--format must be table or json, not %q", format)
}

// Formatted prints rows as --format says: json, one object a line; a template for each
// row; or "table TEMPLATE", whose columns are parted by tabs and get the names of the
// fields as header.
func (e *Env) Formatted(format string, rows []any) error {
	if format == "json" {
		for _, row := range rows {
			e.UI.Object(row)
		}
		return nil
	}
	text, table := strings.CutPrefix(format, "table ")
	text = strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(text)
	t, err := template.New("--format").Funcs(templateFunctions).Parse(text)
	if err != nil {
		return badTemplate(err)
	}
	var lines []string
	for _, row := range rows {
		var b strings.Builder
		if err := t.Execute(&b, inLines(row)); err != nil {
			return badTemplate(err)
		}
		lines = append(lines, b.String())
	}
	if !table {
		for _, l := range lines {
			e.UI.Raw([]byte(untrusted.Lines(l+"\n", false)))
		}
		return nil
	}
	e.UI.Table(tableOf(header(text), lines))
	return nil
}

// inLines is a row whose texts are a line each, so that a value ends no line of a template.
func inLines(row any) any {
	value := reflect.ValueOf(row)
	if value.Kind() != reflect.Struct {
		return row
	}
	cleaned := reflect.New(value.Type()).Elem()
	cleaned.Set(value)
	for _, field := range cleaned.Fields() {
		if field.Kind() == reflect.String && field.CanSet() {
			field.SetString(untrusted.Text(field.String(), false))
		}
	}
	return cleaned.Interface()
}

func badTemplate(err error) error {
	return fail.Wrap(err, fail.Usage, "for example --format '{{.Name}}'", "--format is not a valid template: %s", FirstLine(err.Error()))
}

// templateFunctions are those that docker's templates have.
var templateFunctions = template.FuncMap{
	"json": func(v any) (string, error) {
		text, err := json.Marshal(v)
		return untrusted.SafeJSON(string(text)), err
	},
	"join": strings.Join, "split": strings.Split, "lower": strings.ToLower, "upper": strings.ToUpper,
	"println": fmt.Sprintln,
}

// header names the columns of a table template by the fields in them.
func header(template string) []string {
	var names []string
	for column := range strings.SplitSeq(template, "\t") {
		_, field, _ := strings.Cut(column, "{{")
		field, _, _ = strings.Cut(field, "}}")
		if _, name, ok := strings.Cut(field, "."); ok {
			field = name
		}
		field, _, _ = strings.Cut(strings.TrimSpace(field), " ")
		names = append(names, strings.ToUpper(field))
	}
	return names
}

func tableOf(header []string, lines []string) ui.Table {
	t := ui.Table{Header: header}
	for _, l := range lines {
		cells := make([]ui.Cell, len(header))
		for i, text := range strings.SplitN(strings.ReplaceAll(l, "\n", " "), "\t", len(header)) {
			cells[i].Text = text
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// Ellipsis is a text of at most so many characters.
func Ellipsis(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// Ago says how long something is past, in docker's words.
func Ago(d time.Duration) string { return units.HumanDuration(d) + " ago" }

// Size is a size for users, with three digits.
func Size(n int64) string { return units.HumanSizeWithPrecision(float64(n), 3) }
