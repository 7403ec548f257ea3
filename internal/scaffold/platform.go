package scaffold

import (
	"bytes"
	"io/fs"
	"slices"

	"github.com/devup-cli/devup/internal/untrusted"
)

// Platform is a place where people open a repository and which reads a file of it
// that says how things start there.
type Platform string

// The platforms. Codespaces and the editors with dev containers read the same file.
const (
	Gitpod       Platform = "gitpod"       // Gitpod Classic
	Codespaces   Platform = "codespaces"   // GitHub Codespaces
	Devcontainer Platform = "devcontainer" // VS Code and others that open dev containers
	Ona          Platform = "ona"          // what was Gitpod Flex; it opens dev containers too
	Claude       Platform = "claude"       // Claude Code: files that its worktrees get
	Codex        Platform = "codex"        // the same file
	Cursor       Platform = "cursor"       // Cursor's cloud agents
	Copilot      Platform = "copilot"      // Copilot's cloud agent
	Conductor    Platform = "conductor"    // workspaces of Conductor
)

// Platforms lists all platforms.
func Platforms() []Platform {
	return []Platform{Gitpod, Codespaces, Devcontainer, Ona, Claude, Codex, Cursor, Copilot, Conductor}
}

// usual are the platforms that a repository gets files for where no one chose. Ona is
// not among them: what its dev container needs is no good on a laptop.
func usual() []Platform { return []Platform{Gitpod, Codespaces} }

// workspaceFile is a file that platforms read.
type workspaceFile struct {
	path      string
	elsewhere []string // patterns of where else they look for it
	readers   []Platform
	asked     bool // one that is not about devup says nothing about its readers
}

func workspaceFiles() []workspaceFile {
	return []workspaceFile{
		{path: ".gitpod.yml", readers: []Platform{Gitpod}},
		{
			path:      ".devcontainer/devcontainer.json",
			elsewhere: []string{".devcontainer.json", ".devcontainer/*/devcontainer.json"},
			readers:   []Platform{Codespaces, Devcontainer, Ona},
		},
		{path: ".ona/automations.yaml", elsewhere: []string{".gitpod/automations.yaml"}, readers: []Platform{Ona}},
		{path: ".worktreeinclude", readers: []Platform{Claude, Codex}, asked: true},
		{path: ".cursor/environment.json", readers: []Platform{Cursor}, asked: true},
		{path: ".github/workflows/copilot-setup-steps.yml", readers: []Platform{Copilot}, asked: true},
		{path: "conductor.json", readers: []Platform{Conductor}, asked: true},
	}
}

// read tells whether one of the platforms reads the file.
func (w workspaceFile) read(by []Platform) bool {
	return slices.ContainsFunc(w.readers, func(p Platform) bool { return slices.Contains(by, p) })
}

// in gives the path at which a repository has the file, and its content; the usual path
// where it has none that can be read.
func (w workspaceFile) in(fsys fs.FS) (path string, content []byte, found bool) {
	candidates := []string{w.path}
	for _, pattern := range w.elsewhere {
		matches, err := fs.Glob(fsys, pattern)
		if err != nil {
			panic(err) // the patterns are ours
		}
		candidates = append(candidates, matches...)
	}
	for _, path := range candidates {
		if content, err := untrusted.ReadFileFS(fsys, path, untrusted.MaxText); err == nil {
			return path, content, true
		}
	}
	return w.path, nil, false
}

// PlatformsFor are the platforms to write for where no one says which. A repository
// that knows devup already has decided: it is those whose files it has. Any other gets
// the usual ones as well. So a second init adds nothing, whatever the first was for.
func PlatformsFor(fsys fs.FS) []Platform {
	_, err := fs.Stat(fsys, "devup.yaml")
	decided := err == nil
	here := []Platform{}
	for _, w := range workspaceFiles() {
		_, content, found := w.in(fsys)
		if found && (!w.asked || bytes.Contains(content, []byte("devup"))) {
			here = append(here, w.readers[0])
			decided = decided || bytes.Contains(content, []byte("devup up"))
		}
	}
	if decided {
		return here
	}
	return append(here, usual()...)
}
