package build

import (
	"bytes"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/devup-cli/devup/internal/egress"
)

// Installs says for which package clients the images' builds install packages, each once:
// see [egress.Installs]. A Dockerfile that cannot be read from here installs nothing.
func Installs(specs []Spec) []string {
	var clients []string
	for _, s := range specs {
		def, err := readDefinition(s)
		if err != nil || def.remote || s.unknownFrontend(def.text) {
			continue
		}
		tree, err := parser.Parse(bytes.NewReader(def.text))
		if err != nil {
			continue
		}
		for _, node := range tree.AST.Children {
			if strings.EqualFold(node.Value, "run") {
				clients = append(clients, installs(node)...)
			}
		}
	}
	slices.Sort(clients)
	return slices.Compact(clients)
}

// installs says for which package clients a RUN installs packages.
func installs(run *parser.Node) []string {
	var words []string
	for n := run.Next; n != nil; n = n.Next {
		words = append(words, n.Value)
	}
	if run.Attributes["json"] {
		return egress.InstallsExec(words)
	}
	clients := egress.Installs(strings.Join(words, " "))
	for _, document := range run.Heredocs {
		clients = append(clients, egress.Installs(document.Content)...)
	}
	slices.Sort(clients)
	return slices.Compact(clients)
}

// unknownFrontend reports whether the Dockerfile, or the build argument that beats its line,
// names a frontend of its own, which is a program from a registry: it may mount what it gets
// in any step, so that it gets no credential.
func (s Spec) unknownFrontend(text []byte) bool {
	reference, _, _, ok := parser.DetectSyntax(text)
	if given := s.Args[frontendArgument]; given != nil {
		reference, _, _ = strings.Cut(strings.TrimSpace(*given), " ")
		ok = true
	}
	if !ok {
		return false
	}
	name, _, _ := strings.Cut(normalized(reference), ":")
	name, _, _ = strings.Cut(name, "@")
	return !slices.Contains([]string{"docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream"}, name)
}

// frontendArgument is the build argument by which BuildKit takes another frontend.
const frontendArgument = "BUILDKIT_SYNTAX"
