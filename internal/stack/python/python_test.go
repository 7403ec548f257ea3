package python

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/python/pip"
	"github.com/devup-cli/devup/internal/tree"
)

func TestPortsInSource(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"app.run(host='0.0.0.0', port=5001, debug=True)":              5001,
		"app.run(debug=True, port=int(os.environ.get('PORT', 8085)))": 8085,
		"app.run(host=os.getenv('HOST'), port=6000)":                  6000,
		"uvicorn.run('main:app', host=\"0.0.0.0\",\n    port=8000)":   8000,
		"serve(app, port=8090)":                                       8090,
		"app.run(debug=True)":                                         0,
		"PORT: int = 8001":                                            8001,
		"  HTTP_PORT=8002":                                            8002,
		"SUPPORT = 8003":                                              0,
		"HTTPServer(('0.0.0.0', 8004), H)":                            8004,
		"make_server(\"\", 8005, app)":                                8005,
		"port = os.environ.get('PORT', '8006')":                       8006,
		"port = os.environ.get('DB_PORT', '5432')":                    0,
		"application.listen(8007)":                                    8007,
	} {
		if got, _ := stack.PortIn([]tree.File{{Path: "a.py", Text: text}}, ports...); got.Number != want {
			t.Errorf("python %q: port %d, want %d", text, got.Number, want)
		}
	}
}

func TestLimitOfPinnedPackages(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"numpy==1.21.0": "3.10", "numpy==2.1.0": "", "numpy>=1.21": "", "psycopg2-binary==2.9.9": "3.12", "Django==3.2": "3.10"} {
		r := &pip.Requirements{Versions: map[string]string{}, Extras: map[string]string{}, Lines: map[string]int{}}
		match := pip.RequirementLine.FindStringSubmatch(line)
		r.Add(match[1], match[2], match[3], 1)
		if got, _ := pip.LimitOf(r, pip.Lock{}); got != want {
			t.Errorf("limitOf(%q) = %q, want %q", line, got, want)
		}
	}
}
