package ui

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableKeepsToTheWidth(t *testing.T) {
	t.Parallel()
	table := Table{Rows: [][]Cell{
		{{Text: "backend-flask"}, {Text: "port 4567"}, {Text: "requirements.txt: flask; .env.example: BACKEND_URL"}},
		{{Text: "web"}, {Text: "port 3000"}, {Text: "package.json: vite"}},
	}}
	tests := []struct {
		name    string
		columns int
		want    string
	}{
		{"any width", 0, `
backend-flask  port 4567  requirements.txt: flask; .env.example: BACKEND_URL
web            port 3000  package.json: vite
`},
		{"the last column wraps", 60, `
backend-flask  port 4567  requirements.txt: flask;
                          .env.example: BACKEND_URL
web            port 3000  package.json: vite
`},
		{"one below the other", 30, `
backend-flask
  port 4567
  requirements.txt: flask; .e…
web
  port 3000
  package.json: vite
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, "\n"+table.render(test.columns, theme{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
