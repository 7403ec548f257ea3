package pip

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
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
			if r := Read(treeIn(t, test.files), "."); r != nil {
				var packages []string
				for _, name := range slices.Sorted(maps.Keys(r.Versions)) {
					packages = append(packages, fmt.Sprintf("%s %s:%d", name, r.Versions[name], r.Lines[name]))
				}
				got = r.Manifest + " " + strings.Join(packages, "|")
				if r.python != "" {
					got += " python " + r.python
				}
				if len(r.Includes) > 0 {
					got += " includes " + strings.Join(r.Includes, " ")
				}
			}
			want := strings.ReplaceAll(test.want, "", "")
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestPathsOfPoetry: the directories of a table come in the same order in each run.
func TestPathsOfPoetry(t *testing.T) {
	t.Parallel()
	const files = "-- pyproject.toml --\n[tool.poetry.dependencies]\nd = {path = \"../d\"}\nb = {path = \"b\"}\na = {path = \"a\"}\nc = {path = \"c\"}\n" +
		"[tool.uv.sources]\nh = {path = \"h\"}\ne = {path = \"e\"}\ng = {path = \"g\"}\n"
	want := []string{"a", "b", "c", "../d", "e", "g", "h"}
	for range 10 {
		if got := Read(treeIn(t, files), ".").outside; !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
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
		versions, found := Names(func(name string) string { return map[string]string{test.file: test.text}[name] }, "flask")
		if found != test.want || versions != "" {
			t.Errorf("%s %q: %q, %v; want %v", test.file, test.text, versions, found, test.want)
		}
	}
}
