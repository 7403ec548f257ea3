package doctor

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/checkout"
	"github.com/devup-cli/devup/internal/project"
	"github.com/devup-cli/devup/internal/settings"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/internal/workspace"
)

// checkConfig says whether the project's files can be read, and what devup makes of them
// that the user may not expect.
func checkConfig(p Project) Finding {
	switch {
	case p.Broken != nil:
		return problem(p.Broken.Error(), hintOf(p.Broken))
	case p.Model == nil:
		return nothing()
	}
	notes := slices.Clone(p.Notes)
	for _, m := range p.Model.MissingEnvFiles {
		notes = slices.DeleteFunc(notes, func(note string) bool { return note == m.String() }) // the check of variables has it
	}
	notes = slices.DeleteFunc(notes, func(note string) bool { return note == p.Model.UnsetNote })
	var files []string
	for _, file := range p.Model.ComposeFiles {
		files = append(files, filepath.Base(file))
	}
	return good("project " + p.Model.Name + " from " + strings.Join(files, ", ")).with(notes)
}

// checkEnv looks for variables that the project needs and that are not set.
func checkEnv(p Project) Finding {
	if p.Model == nil {
		return nothing()
	}
	var wrong, steps []string
	if p.Model.UnsetNote != "" {
		wrong = append(wrong, "variables of the config are "+p.Model.UnsetNote)
		steps = append(steps, "set them in .env next to the config, or give them a default: ${NAME:-value}")
	}
	for _, m := range p.Model.MissingEnvFiles {
		wrong = append(wrong, m.String())
		switch {
		case m.Example != "":
			steps = append(steps, "`cp "+untrusted.Arguments(m.Example, m.File)+"`, and fill it in")
		default:
			steps = append(steps, "write "+m.File+", with a line NAME=value for each")
		}
	}
	if len(wrong) == 0 {
		return good("")
	}
	found := warning(wrong[0], strings.Join(steps, "; ")).with(wrong[1:])
	if slices.ContainsFunc(p.Model.MissingEnvFiles, copyable) {
		found.Fix = copying(p.Dir, p.Model.MissingEnvFiles)
	}
	return found
}

// copying makes env files from their examples. That asks: an example's values may be
// none to work with.
func copying(dir string, missing []project.MissingEnvFile) *Fix {
	var does []string
	for _, m := range missing {
		if copyable(m) {
			does = append(does, fmt.Sprintf("copy %s to %s", m.Example, m.File))
		}
	}
	return &Fix{Does: strings.Join(does, ", "), Do: func(context.Context) error {
		var failed []error
		for _, m := range missing {
			if copyable(m) {
				failed = append(failed, checkout.Copy(dir, checkout.NewFile{From: m.Example, To: m.File, Private: true}))
			}
		}
		return errors.Join(failed...)
	}}
}

// copyable tells of a file that has an example, and lies with it in the project's
// directory.
func copyable(m project.MissingEnvFile) bool {
	return m.Example != "" && filepath.IsLocal(m.Example) && filepath.IsLocal(m.File)
}

func checkWorkspace(ws workspace.Info) Finding {
	title := ws.Title
	if title == "" {
		title = "this machine"
	}
	text := fmt.Sprintf("%s; port 3000 would be at %s", title, ws.URL(3000))
	if ws.Note == "" {
		return good(text)
	}
	found, hint, _ := strings.Cut(ws.Note, "; ")
	return warning(title+": "+found, hint)
}

func checkSettings(s settings.Settings) Finding {
	if s.File == "" {
		return good("no file; the defaults hold")
	}
	return good("from " + s.File)
}
