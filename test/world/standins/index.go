package main

import (
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"strings"
)

// newIndex serves wheels as pip expects an index (PEP 503): a page of links for each
// project, under the project's normal name. The wheels of a project lie in a directory of
// that name.
func newIndex(wheels fs.FS) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/{project}/{$}", func(w http.ResponseWriter, r *http.Request) {
		files, err := fs.ReadDir(wheels, normal(r.PathValue("project")))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintln(w, "<!DOCTYPE html>")
		for _, file := range files {
			name := html.EscapeString(file.Name())
			fmt.Fprintf(w, "<a href=\"/wheels/%s/%s\">%s</a><br>\n", normal(r.PathValue("project")), name, name)
		}
	})
	mux.Handle("GET /wheels/", http.StripPrefix("/wheels/", http.FileServerFS(wheels)))
	return mux
}

// normal is a project's name as the index has it: lower case, one dash for each run of
// dashes, dots and underscores.
func normal(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return strings.Join(words, "-")
}
