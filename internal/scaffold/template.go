package scaffold

import (
	"bytes"
	"fmt"
	"path"
	"text/template"
	"text/template/parse"

	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/templates"
)

// projectTemplates is the directory of templates for the repository as a whole.
const projectTemplates = "project"

// gates are the functions by which a template writes a string. Each quotes it for one
// place in one format.
var gates = template.FuncMap{
	"env":   untrusted.DockerValue,
	"path":  untrusted.DockerPath,
	"copy":  untrusted.DockerWords,
	"shell": func(words []string) (untrusted.Inert, error) { return untrusted.ShellWords(words...) },
	"json":  untrusted.JSON,
	"exec":  untrusted.JSONList,
	"yaml":  untrusted.YAML,
	"list":  untrusted.YAMLList,
}

// render fills in the template of the file with that path under stacks.
func render(name string, data any) ([]byte, error) {
	name = path.Join("stacks", name) + ".tmpl"
	text, err := templates.FS.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("template of %s: %w", name, err)
	}
	return fill(name, string(text), data)
}

// fill executes a template in which every value that is written is a number or
// [untrusted.Inert]. A string that passed no gate is an error. It may use all parts.
func fill(name, text string, data any) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(gates).Funcs(template.FuncMap{"inert": inert}).ParseFS(templates.FS, "parts/*")
	if err != nil {
		return nil, err
	}
	if t, err = t.Parse(text); err != nil {
		return nil, err
	}
	for _, part := range t.Templates() {
		for _, action := range actions(part.Root) {
			check := parse.NewIdentifier("inert").SetPos(action.Pos).SetTree(part.Tree)
			action.Pipe.Cmds = append(action.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: action.Pos, Args: []parse.Node{check}})
		}
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// inert lets through what no file has to be protected from.
func inert(value any) (any, error) {
	switch value.(type) {
	case untrusted.Inert, int:
		return value, nil
	default:
		return nil, fmt.Errorf("a %T passed no gate", value)
	}
}

// actions are the places of a template that write a value.
func actions(node parse.Node) []*parse.ActionNode {
	var found []*parse.ActionNode
	branch := func(b parse.BranchNode) {
		found = append(found, actions(b.List)...)
		if b.ElseList != nil {
			found = append(found, actions(b.ElseList)...)
		}
	}
	switch node := node.(type) {
	case *parse.ListNode:
		for _, inner := range node.Nodes {
			found = append(found, actions(inner)...)
		}
	case *parse.ActionNode:
		if len(node.Pipe.Decl) == 0 {
			found = append(found, node)
		}
	case *parse.IfNode:
		branch(node.BranchNode)
	case *parse.RangeNode:
		branch(node.BranchNode)
	case *parse.WithNode:
		branch(node.BranchNode)
	}
	return found
}
