package python

import (
	"strings"
	"testing"

	"github.com/devup-cli/devup/internal/stack"
)

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
		{"a good lock next to a stale one", project + "-- uv.lock --\n-- poetry.lock --\n[[package]]\nname = \"Flask\"\nversion = \"1\"\n", "poetry pyproject.toml lock poetry.lock", ""},
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
	b.DescribeAs(&Flask)
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
		{"what an address of a user needs", fastAPI + "-- a.py --\nfrom pydantic import BaseModel, EmailStr\n-- requirements.txt --\nfastapi\nuvicorn\npydantic==2.5.2\n", "email-validator", "requirements.txt lacks email-validator, which the source uses"},
		{"what an extra has for it", fastAPI + "-- a.py --\nfrom pydantic import BaseModel, EmailStr\n-- requirements.txt --\nfastapi\nuvicorn\npydantic[email]==2.5.2\n", "", ""},
		{"what a form needs", flask + "-- a.py --\nfrom wtforms.validators import DataRequired, Email\n-- requirements.txt --\nFlask\nFlask-WTF\n", "email-validator", "requirements.txt lacks email-validator, which the source uses"},
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
