package python

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// TestInstall: what pip installs first, what writes the list, and what installs it.
func TestInstall(t *testing.T) {
	t.Parallel()
	const list, exporter, fromExport = "pip install --requirement requirements.txt", `"poetry-plugin-export>=1.8,<2"`, "pip install --requirement /requirements.txt"
	const pipenv = `pipenv requirements > /locked.txt && sed '/^-i https:\/\/pypi\.org\/simple\/*$/d' /locked.txt > /requirements.txt`
	for _, test := range []struct {
		name                      string
		packages                  stack.Packages
		exporter, export, command string
	}{
		{"a list", stack.Packages{Manager: "pip", Manifest: "requirements.txt"}, "", "", list},
		{"a list of another name", stack.Packages{Manager: "pip", Manifest: "requirements dev.txt"}, "", "", "pip install --requirement 'requirements dev.txt'"},
		{"a list that lacks something", stack.Packages{Manager: "pip", Manifest: "requirements.txt", Missing: []string{"flask", "gunicorn"}}, "", "", list + " 'flask>=2.2' gunicorn"},
		{"setup.py", stack.Packages{Manager: "pip", Manifest: "setup.py"}, "", "", "pip install ."},
		{"Poetry, locked", stack.Packages{Manager: "poetry", Manifest: "pyproject.toml", Lock: "poetry.lock"}, `"poetry>=1.8,<3" ` + exporter, "poetry export --format requirements.txt --output /requirements.txt", fromExport},
		{"Poetry of a version", stack.Packages{Manager: "poetry", Version: "1.8.3", Manifest: "pyproject.toml"}, `"poetry==1.8.3" ` + exporter, "poetry lock && poetry export --format requirements.txt --output /requirements.txt", fromExport},
		{"Pipenv, locked", stack.Packages{Manager: "pipenv", Manifest: "Pipfile", Lock: "Pipfile.lock"}, `"pipenv>=2022.4.8"`, pipenv, fromExport},
		{"Pipenv", stack.Packages{Manager: "pipenv", Version: "; id", Manifest: "Pipfile", Missing: []string{"gunicorn"}}, `"pipenv>=2022.4.8"`, `pipenv lock --pypi-mirror "${PIP_INDEX_URL:-https://pypi.org/simple}" && ` + pipenv, fromExport + " gunicorn"},
		{"uv, locked", stack.Packages{Manager: "uv", Manifest: "pyproject.toml", Lock: "uv.lock"}, `"uv<1"`, "uv export --frozen --no-emit-project --output-file /requirements.txt", fromExport},
		{"a project", stack.Packages{Manager: "pip", Manifest: "pyproject.toml"}, `"uv<1"`, "uv export --no-emit-project --output-file /requirements.txt", fromExport},
		{"imports alone", stack.Packages{Missing: []string{"psycopg[binary]"}}, "", "", "pip install 'psycopg[binary]'"},
		{"nothing at all", stack.Packages{}, "", "", "pip install 'flask>=2.2'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			q := &untrusted.Quoter{}
			v, ok := install(q, stack.Service{Packages: test.packages}, &Flask).(installation)
			if !ok || q.Err != nil {
				t.Fatal(q.Err)
			}
			got := []string{string(v.Exporter), string(v.Export), string(v.Command)}
			if diff := cmp.Diff([]string{test.exporter, test.export, test.command}, got); diff != "" {
				t.Errorf("exporter, export, command (-want +got):\n%s", diff)
			}
			listed := test.packages.Manifest != ""
			if v.Unlisted == listed {
				t.Errorf("unlisted %v", v.Unlisted)
			}
			if want := strings.Join(test.packages.Missing, ", "); listed && string(v.Missing) != want {
				t.Errorf("missing %q, want %q", v.Missing, want)
			}
		})
	}
	if v, ok := install(&untrusted.Quoter{}, stack.Service{}, &Plain).(installation); !ok || v.Command != "" {
		t.Errorf("a program that needs nothing: %q", v.Command)
	}
}

// TestServer: what the production command needs besides the service's own packages.
func TestServer(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"gunicorn app:app": `gunicorn "gunicorn>=20.1"`, "waitress-serve app:app": `waitress "waitress>=2.1"`, "uvicorn main:app": " ", "": " ",
	} {
		name, pip := server(stack.Service{Prod: strings.Fields(command)})
		if got := string(name + " " + pip); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}

// TestCopies: the files of the layer of dependencies, as COPY takes them.
func TestCopies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		packages stack.Packages
		want     string
	}{
		{"no list", stack.Packages{}, ""},
		{"setup.py", stack.Packages{Manifest: "setup.py"}, ". ./"},
		{"requirements.txt", stack.Packages{Manifest: "requirements.txt", Includes: []string{"requirements-dev.txt", "deps/base.txt"}}, "requirements*.txt ./|deps/base.txt deps/"},
		{"another list", stack.Packages{Manifest: "requirements-dev.txt", Includes: []string{"requirements-x.txt"}}, "requirements-dev.txt requirements-x.txt ./"},
		{"locked", stack.Packages{Manifest: "pyproject.toml", Lock: "uv.lock"}, "pyproject.toml uv.lock ./"},
		{"not locked", stack.Packages{Manifest: "Pipfile"}, "Pipfile ./"},
	} {
		var got []string
		for _, layer := range copies(&untrusted.Quoter{}, stack.Service{Packages: test.packages}) {
			got = append(got, string(layer))
		}
		if text := strings.Join(got, "|"); text != test.want {
			t.Errorf("%s: %s, want %s", test.name, text, test.want)
		}
	}
}
