package detect

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/stack/dataservice"
	"github.com/devup-cli/devup/internal/stack/manifest"
	"github.com/devup-cli/devup/internal/stack/stacks"
)

// others are files that say something of any service, and the manifests of languages without
// a stack, so that their directories are rejected by name.
var others = []string{
	".gitignore", ".tool-versions", "Procfile", "Procfile.dev",
	"config.ru",
}

// names are the files, and the endings of sources, that a decision may need.
var names = sync.OnceValue(func() (all struct{ files, endings map[string]bool }) {
	all.files, all.endings = setOf(others...), map[string]bool{}
	for _, manifest := range manifests {
		all.files[manifest.file] = true
	}
	for _, language := range stacks.Languages() {
		for _, name := range slices.Concat(language.Manifests, language.Files) {
			all.files[name] = true
		}
		for _, ending := range language.Endings {
			all.endings[ending] = true
		}
	}
	return all
})

// isCode says whether a file is a source in which ports, routes and variables are sought.
func isCode(name string) bool { return names().endings[path.Ext(name)] }

// interesting says whether detection may ever want to open a file of the name.
func interesting(name string) bool {
	if names().files[name] || isCode(name) {
		return true
	}
	lower := strings.ToLower(name)
	if path.Ext(lower) == ".txt" { // requirements.txt, requirements-dev.txt, requirements/base.txt
		return true
	}
	return strings.HasPrefix(name, ".env") || strings.HasSuffix(lower, ".env") ||
		dataservice.IsSettings(name) || manifest.Language(name) != "" || path.Ext(lower) == ".sql" ||
		strings.Contains(lower, "dockerfile") || strings.HasPrefix(lower, "readme") ||
		strings.HasSuffix(name, ".csproj") || strings.HasSuffix(name, ".fsproj") || slices.Contains(runfiles.ComposeNames, name)
}

// isManifest are the files that count although .gitignore names them: people commit such
// files all the same, and git then goes on tracking them.
func isManifest(name string) bool {
	for _, language := range stacks.Languages() {
		if len(language.Manifests) > 0 && language.Manifests[0] == name || slices.Contains(language.Locks, name) {
			return true
		}
	}
	return false
}
