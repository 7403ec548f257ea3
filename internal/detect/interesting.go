package detect

import (
	"path"
	"slices"
	"strings"
)

// codeEndings are the source files in which ports, routes and variables are sought.
var codeEndings = map[string]bool{
	".py": true, ".js": true, ".mjs": true, ".cjs": true, ".jsx": true,
	".ts": true, ".mts": true, ".cts": true, ".tsx": true, ".vue": true, ".svelte": true,
}

// manifests are the files that make a folder worth a second look. Names of
// languages that have no stack yet are here so that they are rejected by name.
var manifests = map[string]bool{
	"package.json": true, "package-lock.json": true, "npm-shrinkwrap.json": true, "yarn.lock": true,
	"pnpm-lock.yaml": true, "pnpm-workspace.yaml": true, "bun.lock": true, "bun.lockb": true, "lerna.json": true,
	"requirements.txt": true, "pyproject.toml": true, "Pipfile": true, "setup.py": true, "setup.cfg": true,
	"poetry.lock": true, "uv.lock": true, "Pipfile.lock": true, "pyvenv.cfg": true, ".python-version": true, "runtime.txt": true,
	".nvmrc": true, ".node-version": true, ".tool-versions": true, "index.html": true, "Procfile": true,
	".gitignore": true, ".yarnrc.yml": true, ".flaskenv": true, "cdk.json": true, "serverless.yml": true, "samconfig.toml": true,
	"Gemfile": true, "config.ru": true, "go.mod": true, "pom.xml": true, "build.gradle": true,
	"build.gradle.kts": true, "Cargo.toml": true, "composer.json": true, "mix.exs": true, "angular.json": true,
}

// interesting says whether detection may ever want to open a file of the name.
func interesting(name string) bool {
	if manifests[name] || codeEndings[path.Ext(name)] {
		return true
	}
	lower := strings.ToLower(name)
	if path.Ext(lower) == ".txt" { // requirements.txt, requirements-dev.txt, requirements/base.txt
		return true
	}
	return strings.HasPrefix(name, ".env") || strings.HasSuffix(lower, ".env") ||
		strings.Contains(lower, "dockerfile") || strings.HasPrefix(lower, "readme") ||
		slices.Contains(composeNames, name)
}

// isManifest are the files that count although .gitignore names them: people commit such
// files all the same, and git then goes on tracking them.
func isManifest(name string) bool { return name == "package.json" || name == "requirements.txt" }
