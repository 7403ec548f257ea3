package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/devup-cli/devup/internal/project"
)

// checkEnv looks for variables that the project wants and nobody sets.
func checkEnv(p Project) Finding {
	if p.Model == nil {
		return nothing()
	}
	var wrong, steps []string
	if p.Model.UnsetNote != "" {
		wrong = append(wrong, "variables of the config are "+p.Model.UnsetNote)
		steps = append(steps, "set them in .env beside the config, or give them a default: ${NAME:-value}")
	}
	copies := map[string]string{} // from, by to
	for _, m := range p.Model.MissingEnvFiles {
		wrong = append(wrong, m.String())
		switch {
		case m.Example != "":
			copies[m.File] = m.Example
			steps = append(steps, "`cp "+m.Example+" "+m.File+"`, and fill it in")
		default:
			steps = append(steps, "write "+m.File+", with a line NAME=value for each")
		}
	}
	if len(wrong) == 0 {
		return good("")
	}
	found := warning(wrong[0], strings.Join(steps, "; ")).with(wrong[1:])
	if len(copies) > 0 {
		found.Fix = copying(p.Dir, p.Model.MissingEnvFiles)
	}
	return found
}

// copying makes env files from their examples. That asks: an example's values may be
// none to work with.
func copying(dir string, missing []project.MissingEnvFile) *Fix {
	var does []string
	for _, m := range missing {
		if m.Example != "" {
			does = append(does, fmt.Sprintf("copy %s to %s", m.Example, m.File))
		}
	}
	return &Fix{Does: strings.Join(does, ", "), Do: func(context.Context) error {
		var failed []error
		for _, m := range missing {
			if m.Example != "" {
				failed = append(failed, copyNew(filepath.Join(dir, m.Example), filepath.Join(dir, m.File)))
			}
		}
		return errors.Join(failed...)
	}}
}

// copyNew copies a file to one that is not there yet, which only the person may read.
func copyNew(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	made, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(made, source)
	return errors.Join(err, made.Close())
}
