package python

import (
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// newest is the version for a service that asks for none, as of November 2026: the newest
// that practically all wheels exist for.
const newest = "3.13"

// lines are what a range is answered with, best first: releases that have images. The newest
// Python of all comes after the one that has wheels.
var lines = []string{newest, "3.14", "3.12", "3.11", "3.10", "3.9", "3.8", "3.7", "3.6"}

// version is the version of Python that the repository asks for, else the newest that the
// packages bear.
func version(a *stack.App) (string, tree.Evidence) {
	for _, file := range a.VersionFiles("python", ".python-version", "runtime.txt", ".tool-versions") {
		if named := stack.PlainVersion(strings.TrimPrefix(file.Text, "python-")); strings.HasPrefix(named, "3.") {
			return named, file
		}
	}
	needs := readRequirements(a.Tree, a.Dir)
	locked := lockOf(a.Tree, needs)
	limit, why := limitOf(needs, locked)
	for _, asked := range []asks{needs.asks(), locked.asks()} {
		named := versions.NewestWithin(asked.python, lines)
		if named == "" {
			continue
		}
		if limit != "" && versions.Minor(limit) < versions.Minor(named) && versions.Satisfies(limit, asked.python) {
			return limit, why
		}
		return named, tree.Evidence{File: asked.file, Text: "python " + asked.python}
	}
	if limit != "" {
		return limit, why
	}
	return newest, tree.Evidence{Text: "the newest Python that packages are built for"}
}

// asks is a range of versions of Python, and the file that asks for it.
type asks struct{ python, file string }

func (r *requirements) asks() asks {
	if r == nil {
		return asks{}
	}
	return asks{r.python, r.manifest}
}

func (l lock) asks() asks { return asks{l.python, l.file} }
