package doctor

import (
	"fmt"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Report is what is known of a machine and a project, for others to read.
type Report struct {
	Written  time.Time
	Sections []Section // facts, in their order
	Findings []Finding
	Project  string // its name; empty for none
	Services []ServiceReport
}

// Section is a group of facts.
type Section struct {
	Title string
	Facts []Fact
}

// Fact is a name and what is known under it.
type Fact struct{ Name, Value string }

// ServiceReport is what is known of a service.
type ServiceReport struct {
	Name  string
	Facts []Fact
	Lines []string // the last that it printed; nil where nothing is wrong with it
}

// Markdown is the report as a file, without secrets and safe to show on a terminal.
func (r Report) Markdown(mask secret.Mask) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# devup report\n\nWritten %s. Values of variables, credentials and tokens are masked; "+
		"read it through all the same before you hand it on.\n", r.Written.UTC().Format(time.RFC3339))
	b.WriteString("\n## Findings\n\n")
	for _, f := range r.Findings {
		f.write(&b)
	}
	for _, s := range r.Sections {
		if len(s.Facts) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n", s.Title)
		writeFacts(&b, s.Facts)
	}
	if r.Project != "" {
		fmt.Fprintf(&b, "\n## Project %s\n", r.Project)
	}
	for _, s := range r.Services {
		fmt.Fprintf(&b, "\n### %s\n\n", s.Name)
		writeFacts(&b, s.Facts)
		if len(s.Lines) > 0 {
			b.WriteString("\nIts last lines:\n\n")
			for _, line := range s.Lines { // indented, so that no line can end the block
				b.WriteString("    " + line + "\n")
			}
		}
	}
	return untrusted.Lines(mask.Text(b.String()), false)
}

func (f Finding) write(b *strings.Builder) {
	text := f.Text
	if text == "" {
		text = "nothing wrong"
	}
	fmt.Fprintf(b, "- %s **%s**: %s (%.1f s)\n", f.Level, f.Name, inline(text), f.Took.Seconds())
	for _, d := range f.Details {
		fmt.Fprintf(b, "  - %s\n", inline(d))
	}
	if f.Hint != "" {
		fmt.Fprintf(b, "  - hint: %s\n", inline(f.Hint))
	}
}

func writeFacts(b *strings.Builder, facts []Fact) {
	for _, f := range facts {
		if f.Value != "" {
			fmt.Fprintf(b, "- %s: %s\n", f.Name, inline(f.Value))
		}
	}
}

// inline keeps a text in its line.
func inline(text string) string { return strings.Join(strings.Fields(text), " ") }
