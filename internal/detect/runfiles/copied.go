package runfiles

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
)

// installs are commands that write outside of the source, or into directories of packages.
var installs = lazyregexp.New(`^(?:npm (?:ci|i|install)|yarn(?: install)?|pnpm (?:i|install)|corepack|pip3? install|python3? -m pip install|poetry install|uv sync|uv pip install|pipenv|bundle install|` +
	`apt-get|apk|chown|chmod|adduser|useradd|addgroup|groupadd|rm -rf /|mkdir -p /)`)

// CopiesContextTo is the directory of the last stage that holds the build context as it is;
// empty for none, and where later instructions change it.
func (d *Dockerfile) CopiesContextTo() string {
	workdir, target := "/", ""
	for _, in := range d.final() {
		switch {
		case in.name == "WORKDIR":
			workdir = within(workdir, in.first())
		case in.copiesAll():
			target = within(workdir, in.words[1])
		case in.name == "USER" && !slices.Contains([]string{"root", "0"}, in.first()), target != "" && in.addsToSource():
			return ""
		}
	}
	if target == "/" || stack.IsSystemDirectory(strings.TrimPrefix(target, "/")) || strings.ContainsAny(target, "$:") {
		return ""
	}
	return target
}

// within is a path as seen from a directory of the image.
func within(workdir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(workdir, name)
}

// copiesAll tells whether the instruction copies the whole build context.
func (in instruction) copiesAll() bool {
	return (in.name == "COPY" || in.name == "ADD") && !in.fromStage && len(in.words) == 2 && path.Clean(in.words[0]) == "."
}

// addsToSource tells whether the instruction puts something into an image that the source may
// lack: a file, or what a build writes.
func (in instruction) addsToSource() bool {
	return in.name == "COPY" || in.name == "ADD" || in.name == "RUN" && !onlyInstalls(strings.Join(in.words, " "))
}

// onlyInstalls tells whether all commands of a line install packages.
func onlyInstalls(line string) bool {
	for part := range strings.SplitSeq(strings.NewReplacer("&&", ";", "||", ";").Replace(line), ";") {
		if part = strings.TrimSpace(part); part != "" && !installs.MatchString(part) {
			return false
		}
	}
	return true
}

// first is the first word of the instruction; empty for none.
func (in instruction) first() string {
	if len(in.words) == 0 {
		return ""
	}
	return in.words[0]
}
