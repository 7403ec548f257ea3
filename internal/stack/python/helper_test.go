package python

import (
	"fmt"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/tree/treetest"
)

// treeOf is the repository of an archive of "-- name --" sections.
func treeOf(t *testing.T, archive string) *tree.Tree {
	t.Helper()
	return treetest.Of(t, archive)
}

// stacks are those of Python in the order of the table that devup looks them up in.
func stacks() []*stack.Stack {
	return []*stack.Stack{&Dash, &Flask, &FastAPI, &Django, &ASGI, &WSGI, &Uvicorn, &Gunicorn, &Streamlit, &Gradio, &Worker, &Plain}
}

// appIn is the app in a directory, recognised and described.
func appIn(t *testing.T, archive, dir string) *stack.App {
	t.Helper()
	a := &stack.App{Tree: treeOf(t, archive), Service: stack.Service{Dir: dir}}
	prepare(a)
	if !a.Recognise(stacks()) {
		t.Fatal("not recognised")
	}
	a.DescribeAs(a.Stack)
	return a
}

// noted is evidence in one line.
func noted(e tree.Evidence) string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, e.Line)
	}
	return strings.TrimSpace(place + " " + e.Text)
}
