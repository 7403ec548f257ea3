package scaffold

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"github.com/devup-cli/devup/internal/detect"
	"github.com/devup-cli/devup/internal/stack/stacks"
	"github.com/devup-cli/devup/internal/untrusted"
	"github.com/devup-cli/devup/templates"
)

// TestTemplatesWriteInertValues walks every branch of every template: a place that writes a
// value names a gate last, or a field that is Inert or a number.
func TestTemplatesWriteInertValues(t *testing.T) {
	t.Parallel()
	seen := 0
	err := fs.WalkDir(templates.FS, "stacks", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templates.FS.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, err := template.New(name).Funcs(gates).ParseFS(templates.FS, "parts/*")
		if err != nil {
			return err
		}
		if parsed, err = parsed.Parse(string(text)); err != nil {
			return err
		}
		seen++
		w := walker{t: t, file: name, parts: parsed, variables: map[string]reflect.Type{}}
		root := reflect.TypeFor[imageView]()
		if stack := strings.Split(name, "/")[1]; stack == projectTemplates {
			root = reflect.TypeFor[projectView]()
		} else {
			of := stacks.Default(stack)
			w.install = reflect.TypeOf(of.Language.Install(&untrusted.Quoter{}, detect.Service{}, of))
		}
		w.variables["$"] = root
		w.walk(parsed.Root, root)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 13 {
		t.Errorf("only %d templates were looked at", seen)
	}
}

// walker follows the types through a template.
type walker struct {
	t         *testing.T
	file      string
	parts     *template.Template
	install   reflect.Type // of the field Install, which is the language's own
	variables map[string]reflect.Type
}

func (w walker) walk(node parse.Node, dot reflect.Type) {
	switch node := node.(type) {
	case *parse.ListNode:
		if node == nil {
			return
		}
		for _, inner := range node.Nodes {
			w.walk(inner, dot)
		}
	case *parse.ActionNode:
		last := node.Pipe.Cmds[len(node.Pipe.Cmds)-1].Args[0]
		if id, ok := last.(*parse.IdentifierNode); ok && gates[id.Ident] != nil {
			return
		}
		if got := w.typeOf(last, dot); got != reflect.TypeFor[untrusted.Inert]() && got.Kind() != reflect.Int {
			w.t.Errorf("%s: {{%s}} writes a %s that passed no gate", w.file, node.Pipe, got)
		}
	case *parse.IfNode:
		w.walk(node.List, dot)
		w.walk(node.ElseList, dot)
	case *parse.RangeNode:
		element := w.typeOf(node.Pipe.Cmds[0].Args[0], dot).Elem()
		if n := len(node.Pipe.Decl); n > 0 {
			w.variables[node.Pipe.Decl[n-1].Ident[0]] = element
		}
		w.walk(node.List, element)
		w.walk(node.ElseList, dot)
	case *parse.TemplateNode:
		w.walk(w.parts.Lookup(node.Name).Root, w.typeOf(node.Pipe.Cmds[0].Args[0], dot))
	case *parse.TextNode, *parse.CommentNode:
	default:
		w.t.Errorf("%s: this test does not know %T", w.file, node)
	}
}

func (w walker) typeOf(node parse.Node, dot reflect.Type) reflect.Type {
	var fields []string
	switch node := node.(type) {
	case *parse.DotNode:
	case *parse.FieldNode:
		fields = node.Ident
	case *parse.VariableNode:
		dot, fields = w.variables[node.Ident[0]], node.Ident[1:]
	default:
		w.t.Fatalf("%s: {{%s}} writes what this test does not know", w.file, node)
	}
	for _, name := range fields {
		field, ok := dot.FieldByName(name)
		if !ok {
			w.t.Fatalf("%s: %s has no field %s", w.file, dot, name)
		}
		if dot = field.Type; name == "Install" && dot.Kind() == reflect.Interface {
			dot = w.install
		}
	}
	return dot
}

// TestAStringPassesAGate: at run time too.
func TestAStringPassesAGate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{.}}":                            "a string passed no gate",
		"{{if true}}x{{else}}{{.}}{{end}}": "", // not reached
		"{{range $i, $x := .}}{{end}}":     "can't iterate",
		"{{with .}}{{.}}{{end}}":           "a string passed no gate",
		`{{print . "x"}}`:                  "a string passed no gate",
		"{{yaml .}}":                       "",
	} {
		_, err := fill("t", text, "FROM x\nRUN y")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestNothingIsCalledInert holds that this package and those of the stacks make Inert values
// through the gate only: a conversion would pass it by.
func TestNothingIsCalledInert(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"*.go", "../stack/*.go", "../stack/*/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		files = append(files, found...)
	}
	for _, name := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			if to, ok := call.Fun.(*ast.SelectorExpr); ok && to.Sel.Name == "Inert" {
				t.Errorf("%s converts to Inert; use a function of package untrusted", name)
			}
			return true
		})
	}
}
