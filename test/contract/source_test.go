package contract

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// source is the structs and other types of the packages that print JSON, by "package.Name".
type source map[string]ast.Expr

// read parses the packages that print, and those whose types they print.
func read(t *testing.T) source {
	t.Helper()
	types := source{}
	for _, dir := range []string{"cli", "ui", "expose", "fail", "observe"} {
		err := filepath.WalkDir(filepath.Join("../../internal", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if spec, ok := n.(*ast.TypeSpec); ok {
					types[file.Name.Name+"."+spec.Name.Name] = spec.Type
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return types
}

// printed are the types of objects that are printed: those whose field "type" says in its comment
// which values it has.
func (s source) printed() map[string][]string {
	found := map[string][]string{}
	for name, expr := range s {
		declared, ok := expr.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range declared.Fields.List {
			if tagOf(f) == "type" {
				for _, value := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(f.Comment.Text(), -1) {
					found[name] = append(found[name], value[1])
				}
			}
		}
	}
	return found
}

func tagOf(f *ast.Field) string {
	if f.Tag == nil {
		return ""
	}
	name, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
	return name
}

// described is a field with what its comment says.
type described struct {
	path, comment string
	field
}

// fields are those of a struct, in its order, with those of the structs in it.
func (s source) fields(t *testing.T, name, prefix string) []described {
	t.Helper()
	pkg, _, _ := strings.Cut(name, ".")
	declared, ok := s[name].(*ast.StructType)
	if !ok {
		t.Fatalf("%s is no struct", name)
	}
	var all []described
	for _, f := range declared.Fields.List {
		if len(f.Names) == 0 {
			all = append(all, s.fields(t, pkg+"."+f.Type.(*ast.Ident).Name, prefix)...)
			continue
		}
		if tagOf(f) == "" || tagOf(f) == "-" {
			continue
		}
		kind, below := s.kind(t, pkg, f.Type)
		comment := strings.TrimSpace(f.Comment.Text() + f.Doc.Text())
		path := prefix + tagOf(f)
		all = append(all, described{path, comment, field{kind, !strings.Contains(f.Tag.Value, ",omitempty")}})
		if below != "" {
			all = append(all, s.fields(t, below, path+map[bool]string{true: "[].", false: "."}[strings.HasPrefix(kind, "array")])...)
		}
	}
	return all
}

// kind is the kind of a type in JSON, and the struct that it is or holds.
func (s source) kind(t *testing.T, pkg string, expr ast.Expr) (kind, structure string) {
	t.Helper()
	switch e := expr.(type) {
	case *ast.StarExpr:
		return s.kind(t, pkg, e.X)
	case *ast.ArrayType:
		of, below := s.kind(t, pkg, e.Elt)
		return "array of " + of, below
	case *ast.MapType:
		of, _ := s.kind(t, pkg, e.Value)
		return "map of " + of, ""
	case *ast.SelectorExpr:
		if name := fmt.Sprint(e.X, ".", e.Sel); name != "time.Time" {
			return s.named(t, name)
		}
		return "string", ""
	case *ast.Ident:
		switch {
		case e.Name == "any":
			return "value", ""
		case e.Name == "string", e.Name == "bool":
			return map[string]string{"string": "string", "bool": "boolean"}[e.Name], ""
		case regexp.MustCompile(`^(u?int|float)\d*$`).MatchString(e.Name):
			return "number", ""
		}
		return s.named(t, pkg+"."+e.Name)
	}
	t.Fatalf("a field of the type %T", expr)
	return "", ""
}

func (s source) named(t *testing.T, name string) (kind, structure string) {
	t.Helper()
	if s[name] == nil {
		t.Fatalf("%s is in none of the packages that are read", name)
	}
	if _, ok := s[name].(*ast.StructType); ok {
		return "object", name
	}
	pkg, _, _ := strings.Cut(name, ".")
	return s.kind(t, pkg, s[name])
}
