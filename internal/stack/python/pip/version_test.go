package pip

import (
	"testing"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// TestVersion: what says the version of Python, best first, and where it stands.
func TestVersion(t *testing.T) {
	t.Parallel()
	const list = "-- api/requirements.txt --\n"
	project := func(python, dependencies string) string {
		return "-- api/pyproject.toml --\n[project]\nrequires-python = \"" + python + "\"\ndependencies = [" + dependencies + "]\n"
	}
	for _, test := range []struct{ name, files, want string }{
		{"nothing", list + "flask\n", "3.13 the newest Python that packages are built for"},
		{"no list", "-- api/app.py --\n", "3.13 the newest Python that packages are built for"},
		{".python-version", list + "numpy==1.21\n-- api/.python-version --\n3.11.4\n", "3.11.4 api/.python-version:1 3.11.4"},
		{".python-version of the root", list + "\n-- .python-version --\n3.10\n", "3.10 .python-version:1 3.10"},
		{"runtime.txt", list + "\n-- api/runtime.txt --\npython-3.9.18\n", "3.9.18 api/runtime.txt:1 python-3.9.18"},
		{".tool-versions", list + "\n-- .tool-versions --\nnodejs 20.1.0\npython 3.12.2\n", "3.12.2 .tool-versions:1 3.12.2"},
		{"a version of Python 2", list + "\n-- api/.python-version --\n2.7\n", "3.13 the newest Python that packages are built for"},
		{"an implementation", list + "\n-- api/.python-version --\npypy3.9\n", "3.13 the newest Python that packages are built for"},
		{"a range", project(">=3.9,<3.12", ""), "3.11 api/pyproject.toml python >=3.9,<3.12"},
		{"a range of Poetry", "-- api/pyproject.toml --\n[tool.poetry.dependencies]\npython = \"~3.10\"\n", "3.10 api/pyproject.toml python ~3.10"},
		{"the version of a Pipfile", "-- api/Pipfile --\n[packages]\n[requires]\npython_version = \"3.8\"\n", "3.8 api/Pipfile python ==3.8.*"},
		{"the version of a Pipfile.lock", "-- api/Pipfile --\n[packages]\nflask = \"*\"\n-- api/Pipfile.lock --\n{\"_meta\": {\"requires\": {\"python_version\": \"3.7\"}}, \"default\": {\"flask\": {\"version\": \"==1.0.2\"}}}\n", "3.7 api/Pipfile.lock python ==3.7.*"},
		{"a full version of a Pipfile", "-- api/Pipfile --\n[requires]\npython_full_version = \"3.9.7\"\n", "3.9 api/Pipfile python ==3.9.7"},
		{"what Poetry locked", "-- api/pyproject.toml --\n[tool.poetry.dependencies]\npandas = \"*\"\n-- api/poetry.lock --\n[[package]]\nname = \"pandas\"\nversion = \"1.4.3\"\npython-versions = \">=3.8\"\n\n[metadata]\npython-versions = \">=3.8,<4\"\n", "3.10 api/poetry.lock pandas 1.4.3 works up to Python 3.10"},
		{"what uv locked", "-- api/pyproject.toml --\n[project]\ndependencies = [\"a\"]\n-- api/uv.lock --\nversion = 1\nrequires-python = \">=3.14\"\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n", "3.14 api/uv.lock python >=3.14"},
		{"a range of none that there is", project("<3", ""), "3.13 the newest Python that packages are built for"},
		{"a pinned package", list + "requests\npandas==1.4.3\n", "3.10 api/requirements.txt:2 pandas 1.4.3 works up to Python 3.10"},
		{"the oldest of two", list + "lxml==4.9.2\nnumpy==1.22.4\n", "3.10 api/requirements.txt:2 numpy 1.22.4 works up to Python 3.10"},
		{"a pinned package within a range", project(">=3.8", `"numpy==1.25.0"`), "3.11 api/pyproject.toml:3 numpy 1.25.0 works up to Python 3.11"},
		{"a range beyond a pinned package", project(">=3.12", `"numpy==1.25.0"`), "3.13 api/pyproject.toml python >=3.12"},
		{"a range below a pinned package", project("<3.10", `"numpy==1.25.0"`), "3.9 api/pyproject.toml python <3.10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			version, why := Version(&stack.App{Tree: treeIn(t, test.files), Service: stack.Service{Dir: "api"}})
			if got := version + " " + shown(why); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestImage: each tag exists among those of the official image.
func TestImage(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]untrusted.Inert{
		"3.13": "python:3.13-slim-bookworm", "": "python:3.13-slim-bookworm", "a b": "python:3.13-slim-bookworm", "3.12-alpine": "python:3.12-alpine", "3": "python:3-slim-bookworm",
		"3.11.4": "python:3.11.4-slim-bookworm", "3.11.3": "python:3.11-slim-bookworm", "3.11": "python:3.11-slim-bookworm", "3.10.11": "python:3.10-slim-bookworm",
		"3.9.5": "python:3.9-slim-bookworm", "3.8.5": "python:3.8-slim-bookworm", "3.9.17": "python:3.9.17-slim-bookworm", "3.8": "python:3.8-slim-bookworm",
		"3.7.16": "python:3.7-slim-bookworm", "3.7.17": "python:3.7.17-slim-bookworm", "3.6": "python:3.6-slim-bullseye", "3.6.13": "python:3.6-slim-bullseye",
		"3.5": "python:3.5-slim-buster", "2.7": "python:2.7-slim-buster", "latest": "python:latest-slim-bookworm",
	} {
		if got := Image(version); got != want {
			t.Errorf("image(%q) = %s, want %s", version, got, want)
		}
	}
}
