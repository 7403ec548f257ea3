package npm

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/tree"
)

// managers are the package managers that devup knows.
var managers = []string{"npm", "yarn", "pnpm", "bun"}

// project is what is installed together: a package, or all those of a workspace.
type project struct {
	*stack.App
	dir      string               // that of the lock file
	packages map[string]*Manifest // by their directory below dir; "" is its own
	own      *Manifest            // the service's
	lock     lock
	inside   []string // directories and files below dir that are taken by their path
}

// Describe decides how the packages of a service are installed, and how its database is
// brought up to date.
func Describe(a *stack.App) {
	v := projectOf(a)
	v.migrate()
}

// projectOf decides how the packages of a service are installed.
func projectOf(a *stack.App) *project {
	own := ManifestOf(a.Tree, a.Dir)
	v := &project{App: a, dir: a.Dir, packages: map[string]*Manifest{"": own}, own: own}
	p := stack.Packages{Manager: "npm"}
	if a.Directory().Has("package.json") {
		p.Manifest = "package.json"
	}
	pinned := RawText(own.PackageManager)
	if root, found := workspaceOf(a.Tree, a.Dir); found && !standsAlone(a, root) {
		v.dir = root.dir
		p.Workspace, p.Members, p.Linked = root.dir, root.members, linked(a, root)
		pinned = cmp.Or(RawText(root.manifest.PackageManager), pinned)
		v.packages[""] = root.manifest
		for _, member := range root.members {
			v.packages[member] = ManifestOf(a.Tree, path.Join(root.dir, member))
		}
	}
	manager, version, ok := strings.Cut(pinned, "@")
	if ok && slices.Contains(managers, manager) {
		version, _, _ = strings.Cut(version, "+") // the hash that corepack appends
		p.Manager, p.Version = manager, version
		v.choose(&p, manager)
	} else {
		v.choose(&p, "")
	}
	if p.Version == "" {
		p.Version = v.managerVersion(p)
	}
	if p.Manager == "npm" {
		p.Peers = v.peers(p)
	}
	v.needs(&p)
	for _, member := range p.Linked {
		if v.packages[member].Scripts["build"] == "" {
			continue
		}
		step := stack.Step{Dir: member, Command: []string{p.Manager, "run", "build"}}
		p.Builds = append(p.Builds, step)
		if made := v.packages[member].unbuilt(a.Tree); len(made) > 0 {
			p.Libraries = append(p.Libraries, step)
			for _, dir := range made {
				p.Made = append(p.Made, path.Join(member, dir))
			}
		}
	}
	a.Packages = p
	return v
}

// member is the service's directory below that of the lock file; empty where they are one.
func (v *project) member() string {
	if v.Dir == v.dir {
		return ""
	}
	return tree.Relative(v.dir, v.Dir)
}

// choose takes a lock file: one that fits package.json before one that does not, then
// that of the manager that the README names. Pinned is the manager that has to be taken.
func (v *project) choose(p *stack.Packages, pinned string) {
	var present []string
	best, named := -1, v.managerOfReadme()
	for _, l := range locks {
		if !v.Tree.Directory(v.dir).Has(l.file) {
			continue
		}
		present = append(present, l.file)
		if pinned != "" && l.manager != pinned {
			continue
		}
		read := readLock(v.Tree, path.Join(v.dir, l.file))
		behind, rank := read.behind(v.packages), 0
		if !behind {
			rank += 2
		}
		if l.manager == named {
			rank++
		}
		if rank > best {
			best, v.lock = rank, read
			p.Manager, p.Lock, p.Stale = l.manager, l.file, behind
		}
	}
	if p.Lock == "" && pinned == "" {
		switch {
		case v.Tree.Directory(v.dir).Has("pnpm-workspace.yaml"):
			p.Manager = "pnpm"
		case named != "":
			p.Manager = named
		}
	}
	chosen := path.Join(v.dir, p.Lock)
	if len(present) > 1 {
		v.Note(tree.Evidence{File: chosen, Text: "taken of " + strings.Join(present, ", ")})
	}
	if p.Stale {
		v.Note(tree.Evidence{File: chosen, Text: "is behind package.json, so it is brought up to date"})
	}
}

var installs = lazyregexp.New(`(?m)\b(npm|yarn|pnpm|bun) (?:install|ci|i|run|start|dev)\b(.*)$|^[\s$>` + "`" + `]*(yarn)[\s` + "`" + `]*$`)

// managerOfReadme is the manager that the README's commands are of, where they are of one.
func (v *project) managerOfReadme() string {
	named := ""
	for _, match := range installs.FindAllStringSubmatch(v.readme(), -1) {
		manager := match[1] + match[3]
		if strings.Contains(match[2], " -g") || strings.Contains(match[2], "--global") {
			continue // that installs a tool
		}
		if named != "" && named != manager {
			return ""
		}
		named = manager
	}
	return named
}

// readme is the text of the service's README and of the one where its lock file is.
func (v *project) readme() string {
	var text strings.Builder
	for _, dir := range slices.Compact([]string{v.Dir, v.dir}) {
		text.WriteString(v.Tree.Text(path.Join(dir, v.Tree.Directory(dir).First("README.md", "readme.md", "Readme.md", "README"))) + "\n")
	}
	return text.String()
}

// peers is how npm has to treat conflicts of peers: as the lock file was made, else as
// the project's own commands say.
func (v *project) peers(p stack.Packages) string {
	if p.Lock != "" && !p.Stale && v.lock.peers == "" {
		return ""
	}
	texts := slices.AppendSeq([]string{v.readme(), v.Tree.Text(path.Join(v.Dir, v.Directory().First("Dockerfile", "Dockerfile.dev")))}, maps.Values(v.own.Scripts))
	text := strings.Join(texts, "\n")
	if said := peersInText(text); said != "" && v.lock.peers == "" {
		return said
	}
	if v.packages[""].Overrides != nil && v.lock.form != "1" {
		return "" // they decide which peer it is
	}
	return v.lock.peers
}

// npmOfLock3 is the line of npm that writes the third form of its lock file and runs on Node 14.
const npmOfLock3 = "8"

var yarnRelease = lazyregexp.New(`(?m)^yarnPath:.*yarn-(\d+\.\d+\.\d+)\.c?js`)

// managerVersion is the version of the manager that can read the lock file, where that is not
// the one that is usual: Yarn 2 and later write another form than Yarn 1, pnpm 9 and later no
// longer take the old ones as they are, and npm 6 reads none of npm 7's third form.
func (v *project) managerVersion(p stack.Packages) string {
	f := v.Tree.Directory(v.dir)
	switch p.Manager {
	case "npm":
		if v.lock.form == "3" {
			return npmOfLock3
		}
	case "yarn":
		switch {
		case v.lock.form == "1":
			return ""
		case f.Has(".yarnrc.yml"):
			if match := yarnRelease.FindStringSubmatch(v.Tree.Text(path.Join(v.dir, ".yarnrc.yml"))); match != nil {
				return match[1]
			}
			return "4"
		case v.lock.form == "berry":
			return "4"
		}
	case "pnpm":
		switch major := versions.Major(v.lock.form); {
		case major == 5:
			return "7"
		case major == 6:
			return "8"
		case !v.approvesBuilds():
			return "9" // pnpm 10 runs no scripts of packages that the project does not name
		}
	}
	return ""
}

// approvesBuilds says whether the project has the settings of pnpm 10.
func (v *project) approvesBuilds() bool {
	if v.packages[""].Pnpm.approves() {
		return true
	}
	if !v.Tree.Directory(v.dir).Has("pnpm-workspace.yaml") {
		return false
	}
	text := v.Tree.Text(path.Join(v.dir, "pnpm-workspace.yaml"))
	return len(pnpmMembers(text)) == 0 || strings.Contains(text, "onlyBuiltDependencies") || strings.Contains(text, "allowBuilds")
}
