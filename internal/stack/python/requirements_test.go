package python

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

// TestReadRequirements: the packages of each kind of list, as "name version:line", and the
// Python that it asks for.
func TestReadRequirements(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, files, want string }{
		{"nothing", "-- app.py --\n", "nothing"},
		{
			"requirements.txt", "-- requirements.txt --\n# ours\nFlask==2.2  # web\n\nzope.interface >= 5\nuvicorn[standard]~=0.20 ; python_version > '3'\n--index-url https://x\n-e .\nflask==1\n",
			"requirements.txt flask ==2.2:2|uvicorn ~=0.20:5|zope-interface >= 5:4",
		},
		{
			"lists that take in each other", "-- requirements.txt --\n-r base.txt\n-c constraints.txt\n--requirement=dev/more.txt\na\n-- base.txt --\nb==1\n-r requirements.txt\n-- constraints.txt --\nc==1\n-- dev/more.txt --\n-r ../base.txt\nd\n",
			"requirements.txt a :4|b ==1:1|d :2 includes base.txt constraints.txt dev/more.txt",
		},
		{"constraints in full", "-- requirements.txt --\n--constraint c.txt\na\n-- c.txt --\nb==1\n", "requirements.txt a :2 includes c.txt"},
		{"a list that is missing", "-- requirements.txt --\n-r base.txt\n-r ../../x.txt\na\n", "requirements.txt a :3"},
		{"lists too deep", "-- requirements.txt --\n-r 1.txt\n-- 1.txt --\n-r 2.txt\na\n-- 2.txt --\n-r 3.txt\nb\n-- 3.txt --\n-r 4.txt\nc\n-- 4.txt --\nd\n", "requirements.txt a :2|b :2|c :2 includes 1.txt 2.txt 3.txt"},
		{
			"pyproject.toml", "-- pyproject.toml --\n[project]\nrequires-python = \">=3.10\"\ndependencies = [\n  \"FastAPI>=0.1\",\n  \"x[y]==2; a\",\n  5,\n]\n[project.optional-dependencies]\ndev = [\"pytest\"]\n",
			"pyproject.toml fastapi >=0.1:4|x ==2:5 python >=3.10",
		},
		{
			"Poetry", "-- pyproject.toml --\n[tool.poetry.dependencies]\npython = \"^3.9\"\nflask = \"2.0\"\npsycopg2 = {version = \"2.9\", optional = true}\nours = {path = \"../ours\"}\n",
			"pyproject.toml flask 2.0:3|ours :5|psycopg2 2.9:4 python ^3.9",
		},
		{
			"a name that holds a package's", "-- pyproject.toml --\n[project]\nname = \"my-flask-app\"\ndependencies = [\n  'flask',\n  \"flask-cors\"]\n[tool.poetry.dependencies]\nflask = \"1\"\n",
			"pyproject.toml flask :4|flask-cors :5",
		},
		{"settings of linters", "-- pyproject.toml --\n[tool.black]\nline-length = 100\n", "nothing"},
		{"settings of linters before a list", "-- pyproject.toml --\n[tool.black]\n-- setup.py --\nsetup(install_requires=['flask>=1'])\n", "setup.py flask :1"},
		{"broken", "-- pyproject.toml --\n[project\n[project]\nx = {\n", "pyproject.toml "},
		{"Pipfile", "-- Pipfile --\n[packages]\nflask = \"*\"\nrequests = {version = \"==2.1\", extras = [\"x\"]}\n[requires]\npython_version = \"3.9\"\n", "Pipfile flask *:2|requests ==2.1:3 python ==3.9.*"},
		{"setup.py", "-- setup.py --\nsetup(\n  name='ours',\n  install_requires=[\"Flask>=2\", 'a_b'],\n)\n", "setup.py a-b :3|flask :3|ours :2"},
		{"lists for development", "-- requirements-dev.txt --\nflask\n", "requirements-dev.txt flask :1"},
		{"the best of several", "-- requirements_dev.txt --\na\n-- Pipfile --\n[packages]\nb = \"*\"\n", "Pipfile b *:2"},
		{"a list, and the Python of the project", "-- requirements.txt --\nflask\n-- pyproject.toml --\n[project]\nrequires-python = \"==3.11.*\"\ndependencies = [\"b\"]\n", "requirements.txt b :3|flask :1 python ==3.11.*"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := "nothing"
			if r := readRequirements(treeOf(t, test.files), "."); r != nil {
				var packages []string
				for _, name := range slices.Sorted(maps.Keys(r.versions)) {
					packages = append(packages, fmt.Sprintf("%s %s:%d", name, r.versions[name], r.lines[name]))
				}
				got = r.manifest + " " + strings.Join(packages, "|")
				if r.python != "" {
					got += " python " + r.python
				}
				if len(r.includes) > 0 {
					got += " includes " + strings.Join(r.includes, " ")
				}
			}
			want := strings.ReplaceAll(test.want, "", "")
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestWants: a list names a package, whatever stands around the name.
func TestWants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		file, text string
		want       bool
	}{
		{"requirements.txt", "a\nFlask==2", true},
		{"requirements.txt", "  flask ; x", true},
		{"requirements.txt", "flask", true},
		{"requirements.txt", "flask[async]>=2", true},
		{"requirements.txt", "flask-cors", false},
		{"requirements.txt", "my-flask", false},
		{"requirements.txt", "# flask", false},
		{"requirements/base.txt", "flask@https://x", true},
		{"pyproject.toml", `dependencies = ["flask>=2"]`, true},
		{"pyproject.toml", "flask = \"^2\"", true},
		{"Pipfile", "flask = \"*\"", true},
		{"setup.py", "install_requires=['flask']", true},
		{"setup.cfg", "flask", false},
	} {
		versions, found := wants(func(name string) string { return map[string]string{test.file: test.text}[name] }, "flask")
		if found != test.want || versions != "" {
			t.Errorf("%s %q: %q, %v; want %v", test.file, test.text, versions, found, test.want)
		}
	}
}

// TestPackages: what installs the packages of a service.
func TestPackages(t *testing.T) {
	t.Parallel()
	const project = "-- pyproject.toml --\n[project]\ndependencies = [\"flask\"]\n"
	const flask = "[[package]]\nname = \"flask\"\nversion = \"2\"\n"
	for _, test := range []struct{ name, files, want, remark string }{
		{"pip", "-- requirements.txt --\nflask\n", "pip requirements.txt", ""},
		{"a project", project, "pip pyproject.toml", ""},
		{"uv", project + "-- uv.lock --\n" + flask, "uv pyproject.toml lock uv.lock", ""},
		{"Poetry, locked", project + "-- poetry.lock --\n" + flask, "poetry pyproject.toml lock poetry.lock", ""},
		{"Poetry", "-- pyproject.toml --\n[tool.poetry.dependencies]\nflask = \"2\"\n", "poetry pyproject.toml", ""},
		{"Poetry that is locked by uv", "-- pyproject.toml --\n[tool.poetry.dependencies]\nflask = \"2\"\n-- uv.lock --\n" + flask, "uv pyproject.toml lock uv.lock", ""},
		{"pip before a lock file", "-- requirements.txt --\nflask\n-- poetry.lock --\n", "pip requirements.txt", ""},
		{"Pipenv", "-- Pipfile --\n[packages]\nflask = \"*\"\n", "pipenv Pipfile", ""},
		{"Pipenv, locked", "-- Pipfile --\n[packages]\nflask = \"*\"\n-- Pipfile.lock --\n{\"default\": {\"flask\": {\"version\": \"==2\"}}}\n", "pipenv Pipfile lock Pipfile.lock", ""},
		{"an empty lock", project + "-- uv.lock --\nversion = 1\n", "uv pyproject.toml", ""},
		{"a stale lock", project + "-- uv.lock --\n[[package]]\nname = \"a\"\nversion = \"1\"\n", "uv pyproject.toml lock uv.lock stale", ""},
		{"a good lock beside a stale one", project + "-- uv.lock --\n-- poetry.lock --\n[[package]]\nname = \"Flask\"\nversion = \"1\"\n", "poetry pyproject.toml lock poetry.lock", ""},
		{"the list that the README installs from", "-- README.md --\nRun `uv sync`.\n-- requirements.txt --\nx\n" + project, "pip pyproject.toml", ""},
		{"pip in the README", "-- README.md --\npip install -r requirements.txt\nor uv sync\n-- requirements.txt --\nflask\n" + project, "pip requirements.txt", ""},
		{"the project itself, by a list in a directory", "-- setup.py --\n-- requirements/dev.txt --\n-e .\nflask\n", "pip setup.py", ""},
		{"lists in a directory", "-- requirements/base.txt --\nflask\n-- requirements/dev.txt --\n-r base.txt\n", "pip requirements/dev.txt includes requirements/base.txt", ""},
		{"packages of the repository", "-- requirements.txt --\nflask\n-e ./lib\n-- lib/setup.py --\n", "pip requirements.txt linked lib in .", ""},
		{"a member of a uv workspace", "-- pyproject.toml --\n[project]\nname = \"a\"\ndependencies = [\"flask\", \"lib\"]\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\n[tool.uv.sources]\nlib = {workspace = true}\n-- packages/lib/pyproject.toml --\n[project]\nname = \"lib\"\n-- packages/x/pyproject.toml --\n[project]\nname = \"x\"\n-- uv.lock --\nversion = 1\n", "uv pyproject.toml linked packages/lib in . of packages/lib packages/x", ""},
		{"a list below", "-- requirements.txt --\n-r requirements/base.txt\n-- requirements/base.txt --\nflask\n", "pip requirements.txt includes requirements/base.txt", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files+"-- app.py --\nfrom flask import Flask\napp = Flask(__name__)\n", ".")
			p := a.Packages
			got := p.Manager + " " + p.Manifest
			if p.Lock != "" {
				got += " lock " + p.Lock
			}
			if p.Stale {
				got += " stale"
			}
			for _, list := range []struct {
				word  string
				names []string
			}{{" includes ", p.Includes}, {" linked ", p.Linked}, {" in ", []string{p.Workspace}}, {" of ", p.Members}} {
				if text := strings.Join(list.names, " "); text != "" {
					got += list.word + text
				}
			}
			if got != test.want || len(a.Remarks) > 0 {
				t.Errorf("got %s (%v), want %s", got, a.Remarks, test.want)
			}
		})
	}
}

// TestListAbove: what lies outside of the service's directory is in the build's context, unless
// the user decided that.
func TestListAbove(t *testing.T) {
	t.Parallel()
	const files = "-- base.txt --\nflask\n-- libs/a/pyproject.toml --\n[project]\nname = \"a\"\n-- api/requirements.txt --\n-r ../base.txt\n-e ../libs/a\n-- api/app.py --\napp = Flask(__name__)\n"
	a := appIn(t, files, "api")
	p := a.Packages
	if got := strings.Join(p.Includes, " ") + "|" + strings.Join(p.Linked, " ") + "|" + p.Workspace; got != "../base.txt|libs/a|." || len(a.Remarks) > 0 {
		t.Errorf("got %s, remarks %v", got, a.Remarks)
	}
	b := &stack.App{Tree: treeOf(t, files), Service: stack.Service{Dir: "api"}, BuiltIn: "api"}
	b.Be(&Flask)
	if len(b.Packages.Includes) > 0 || len(b.Remarks) != 2 || !strings.HasPrefix(noted(b.Remarks[0].Evidence), "api/requirements.txt takes in base.txt, which a build cannot read") {
		t.Errorf("includes %v, remarks %v", b.Packages.Includes, b.Remarks)
	}
}

// TestMissing: the packages that a service needs and no list names.
func TestMissing(t *testing.T) {
	t.Parallel()
	const flask = "-- app.py --\nfrom flask import Flask\napp = Flask(__name__)\n"
	const fastAPI = "-- main.py --\nfrom fastapi import FastAPI\napp = FastAPI()\n"
	for _, test := range []struct{ name, files, want, said string }{
		{"nothing", flask + "-- requirements.txt --\nFlask\n", "", ""},
		{"the framework", flask + "-- requirements.txt --\nrequests\n", "flask", "requirements.txt lacks flask, which starts the service"},
		{"what an extension brings", flask + "-- requirements.txt --\nFlask-Cors==4\n", "", ""},
		{"what an extension in another list brings", flask + "-- requirements.txt --\n-r base.txt\n-- base.txt --\nflask_login\n", "", ""},
		{"the server", fastAPI + "-- requirements.txt --\nfastapi\n", "uvicorn", "requirements.txt lacks uvicorn, which starts the service"},
		{"the server that an extra brings", fastAPI + "-- requirements.txt --\nfastapi[standard]\n", "", ""},
		{"the imports, without a list", "-- main.py --\nimport os, requests, helpers\nimport yaml.nodes\n  import jwt\nfrom fastapi import FastAPI\nfrom flask_login import x\nfrom . import y\nfrom .z import a\nfrom models.user import b\napp = FastAPI()\n-- helpers.py --\n-- models/a.txt --\n", "fastapi flask-login pyjwt pyyaml requests uvicorn", ""},
		{"an import that is not known", "-- app.py --\nfrom flask import Flask\nimport zzz, aaa.b\nimport zzz\napp = Flask(__name__)\n", "flask", "imports aaa, zzz, which no requirements file names: add the packages to requirements.txt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := appIn(t, test.files, ".")
			a.Evidence = nil
			missing(a)
			if got := strings.Join(a.Packages.Missing, " "); got != test.want {
				t.Errorf("missing %q, want %q", got, test.want)
			}
			var said []string
			for _, e := range a.Evidence {
				said = append(said, noted(e))
			}
			for _, r := range a.Remarks {
				said = append(said, noted(r.Evidence)+": "+r.Fix)
			}
			if got := strings.Join(said, "|"); !strings.HasPrefix(got, test.said) || (got == "") != (test.said == "") {
				t.Errorf("said %q, want %q", got, test.said)
			}
		})
	}
}
