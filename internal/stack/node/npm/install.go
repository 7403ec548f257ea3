package npm

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/versions"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Install is how the packages get into the image of a service.
func Install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	p := s.Packages
	v := managed(p, s.Runtime.Version)
	v.Image = NodeImage(s.Runtime.Version)
	if p.Native || len(p.System) > 0 {
		v.fromDebian(q, s)
	}
	if p.Whole {
		v.Prod = v.All
	}
	if p.Above != "" {
		v.All, v.Prod = outside(q, s, v.All), outside(q, s, v.Prod)
	}
	if versions.Major(s.Runtime.Version) >= 16 { // npm pkg is of npm 7
		v.Hooks = steps(q, p.Hooks)
	}
	v.After, v.Builds, v.Libraries = steps(q, p.After), steps(q, p.Builds), steps(q, p.Libraries)
	v.Made = q.Shell(p.Made...)
	for _, dir := range p.Generated {
		v.Generated = append(v.Generated, q.Shell(dir))
	}
	v.Modules, v.Owned = modules(q, s), owned(q, s)
	v.Server, v.Serve = serve, []string{"serve", "--single", "--listen", strconv.Itoa(s.Port.Number), path.Clean(s.Output)}
	if s.ManyPages {
		v.Serve = slices.Delete(v.Serve, 1, 2)
	}
	if v.Runtime = "Node"; s.Runtime.Language == "bun" { // its image has the package manager, and no npm
		v.Runtime, v.Image, v.Tool, v.Env = "Bun", BunImage(s.Runtime.Version), "", nil
	}
	for _, name := range s.Packages.Missing {
		v.Missing = joined(v.Missing, runners[name])
	}
	v.Flags, v.Why = s.Runtime.Flags, "Its packages need this on Node "+untrusted.ImageTag(s.Runtime.Version)+"."
	switch {
	case strings.Contains(v.Flags, "openssl-legacy-provider"):
		v.Why = "Its version of webpack uses a hash that newer OpenSSL only has as legacy."
	case v.Flags == localFlag:
		v.Why = "It calls localhost, where this version asks for ::1 alone."
	}
	return v
}

// BunImage is the official image of Bun.
func BunImage(version string) untrusted.Inert {
	if tag, _ := stack.ImageTag(version); tag != "" {
		return "oven/bun:" + tag
	}
	return "oven/bun:1"
}

// installation is how the packages of a Node service get into its image.
type installation struct {
	Image     untrusted.Inert   // the base image
	Debian    untrusted.Inert   // the packages of Debian to install, for sh; empty for none
	Flags     string            // NODE_OPTIONS
	Why       untrusted.Inert   // the reason for Flags
	Server    untrusted.Inert   // what npm installs to serve the built files
	Serve     []string          // the command that serves them, in exec form
	Runtime   untrusted.Inert   // what runs the service, as people write it
	Missing   untrusted.Inert   // what npm installs besides: programs that start the service
	Tool      untrusted.Inert   // what npm installs first: the package manager, pinned; empty for npm itself
	Env       []untrusted.Inert // settings of the package manager, as NAME=value
	Cache     untrusted.Inert   // where the package manager keeps downloads
	Loose     bool              // it installs packages whose peers conflict, too, where it has to
	Hooks     []untrusted.Inert // commands before the installation
	All       untrusted.Inert   // installs all packages, exactly as locked where there is a lock file
	Prod      untrusted.Inert   // the same without those for development
	After     []untrusted.Inert // commands that complete it
	Builds    []untrusted.Inert // commands that build what the service imports
	Libraries []untrusted.Inert // those of them that development needs
	Made      untrusted.Inert   // the directories that these make, for sh
	Modules   untrusted.Inert   // the directories of installed packages that the service writes to, for sh
	Owned     untrusted.Inert   // the directories that belong to the service's user, for sh
	Generated []untrusted.Inert // directories of generated code, for sh
}

// fromDebian adds a compiler and the libraries that the packages need.
func (v *installation) fromDebian(q *untrusted.Quoter, s stack.Service) {
	image, has := imageWith(s.Runtime.Version)
	v.Image = image
	if s.Packages.Native {
		v.Env = append(v.Env, "npm_config_nodedir=/usr/local") // the headers of Node are in the image
	}
	if has {
		return
	}
	packages := s.Packages.System
	if s.Packages.Native {
		packages = append([]string{"build-essential", "python3"}, packages...)
	}
	v.Debian = q.Shell(packages...)
}

// steps are commands for sh, each in its directory.
func steps(q *untrusted.Quoter, all []stack.Step) []untrusted.Inert {
	var lines []untrusted.Inert
	for _, step := range all {
		lines = append(lines, in(q, step.Dir, q.Shell(step.Command...)))
	}
	return lines
}

// in runs a command for sh in a directory.
func in(q *untrusted.Quoter, dir string, command untrusted.Inert) untrusted.Inert {
	if dir == "" || dir == "." {
		return command
	}
	return "(cd " + q.Shell(dir) + " && " + command + ")"
}

// outside installs a service's packages, and before them those of the packages that it takes by
// a path above its own directory: npm links them and leaves what they need to them.
func outside(q *untrusted.Quoter, s stack.Service, install untrusted.Inert) untrusted.Inert {
	all := in(q, s.Member(), install)
	for _, dir := range s.Packages.Outside {
		all = in(q, dir, "npm install") + " && " + all
	}
	return all
}

func joined(list, more untrusted.Inert) untrusted.Inert {
	if list == "" || more == "" {
		return list + more
	}
	return list + " " + more
}

// managed chooses the commands. Package managers other than npm come from the
// npm registry rather than by corepack: it is missing from Node 25 on, its older
// copies no longer know the registry's keys, and it passes by a company's mirror.
func managed(p stack.Packages, node string) installation {
	locked := p.Lock != "" && !p.Stale
	pick := func(frozen, loose untrusted.Inert) untrusted.Inert {
		if locked {
			return frozen
		}
		return loose
	}
	switch p.Manager {
	case "yarn":
		if yarnBerry(p.Version) {
			return installation{
				Tool:  "@yarnpkg/cli-dist@" + exact(p, yarnNew),
				Env:   []untrusted.Inert{"YARN_NODE_LINKER=node-modules YARN_ENABLE_GLOBAL_CACHE=true YARN_IGNORE_PATH=1"},
				Cache: "/root/.yarn",
				All:   pick("yarn install --immutable", "yarn install --no-immutable"),
				Prod:  "yarn workspaces focus --all --production",
			}
		}
		// Yarn 1 stops at a package that does not name the version of Node; the others warn.
		install := pick("yarn install --frozen-lockfile", "yarn install") + " --ignore-engines"
		return installation{
			Tool:  "yarn@" + exact(p, yarnClassic),
			Cache: "/usr/local/share/.cache/yarn,sharing=locked", // two builds at once break it
			All:   install,
			Prod:  install + " --production",
		}
	case "pnpm":
		install := "pnpm install" + pick(" --frozen-lockfile", " --no-frozen-lockfile") + " --store-dir /root/.pnpm-store"
		return installation{
			Tool:  "pnpm@" + exact(p, pnpmFor(node)),
			Cache: "/root/.pnpm-store",
			All:   install,
			Prod:  install + " --prod",
		}
	case "bun":
		install := pick("bun install --frozen-lockfile", "bun install")
		return installation{
			Tool:  "bun@" + exact(p, bun),
			Cache: "/root/.bun/install/cache",
			All:   install,
			Prod:  install + " --production",
		}
	default:
		return npmInstallation(p, locked, node)
	}
}

// npmInstallation are the commands of npm, which comes with Node. Without a lock file that
// fits, packages of today may ask for other peers than the project has, and then npm 7 and
// later refuse what npm 6 installed.
func npmInstallation(p stack.Packages, locked bool, node string) installation {
	v := installation{Cache: "/root/.npm"}
	omit := untrusted.Inert(" --omit=dev")
	old := false // npm 6
	if major := versions.Major(node); major > 0 && major < 16 {
		if old = p.Version != npmOfLock3; old {
			omit = " --only=production"
		} else {
			v.Tool = "npm@" + npm8
		}
	}
	install := func(flags untrusted.Inert) untrusted.Inert {
		switch {
		case locked:
			return "npm ci" + peers(p.Peers) + flags
		case p.Peers != "" || old:
			return "npm install" + peers(p.Peers) + flags
		}
		v.Loose = true
		return "(npm install" + flags + " || npm install --force" + flags + ")"
	}
	v.All, v.Prod = install(""), install(omit)
	return v
}

// Copies are the files that decide which packages are installed, as COPY takes
// them. A pattern that matches nothing is no error next to a file that is there.
// In a workspace the package.json of every member is one of them.
func Copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	p := s.Packages
	if p.Manifest == "" {
		return nil
	}
	if slices.Contains(p.Early, ".") {
		return []untrusted.Inert{". ."}
	}
	files := []string{p.Manifest}
	if p.Lock != "" {
		files = append(files, p.Lock)
	}
	files = append(files, ".npmrc*")
	switch p.Manager {
	case "yarn":
		files = append(files, ".yarnrc*")
	case "pnpm":
		files = append(files, "pnpm-workspace.yaml*", ".pnpmfile.cjs*")
	case "bun":
		files = append(files, "bunfig.toml*")
	}
	to := "./"
	if p.Above != "" {
		to = s.Member() + "/"
		for i, name := range files {
			files[i] = path.Join(s.Member(), name)
		}
	}
	layers := []untrusted.Inert{q.Copy(append(files, to)...)}
	for _, member := range p.Members {
		layers = append(layers, q.Copy(path.Join(member, "package.json"), member+"/"))
	}
	for _, early := range slices.Concat(p.Outside, p.Early) {
		layers = append(layers, q.Copy(early, early))
	}
	return layers
}

// modules are the directories of installed packages in which tools keep files too:
// node_modules/.cache, node_modules/.vite.
func modules(q *untrusted.Quoter, s stack.Service) untrusted.Inert {
	switch m := s.Member(); {
	case s.Packages.Above != "":
		return q.Shell(path.Join(m, "node_modules"))
	case m != "":
		return "node_modules " + q.Shell(path.Join(m, "node_modules"))
	}
	return "node_modules"
}

func owned(q *untrusted.Quoter, s stack.Service) untrusted.Inert {
	if m := s.Member(); m != "" {
		return ". " + q.Shell(m) + " " + modules(q, s)
	}
	return ". " + modules(q, s)
}

// yarnBerry says whether a version is of the Yarn that was rewritten: 2 and later.
func yarnBerry(version string) bool {
	major, _, _ := stack.Parts(version)
	return major >= 2
}

// pnpmFor is the newest pnpm that runs on a version of Node.
func pnpmFor(node string) untrusted.Inert {
	major, minor, exact := stack.Parts(node)
	switch {
	case major == 0 || major > 18 || major == 18 && (!exact || minor >= 12):
		return pnpm10
	case major >= 16:
		return pnpm8
	default:
		return pnpm7
	}
}

// Keeps are the directories that hold installed packages: in a workspace the root's, the
// service's and those of the libraries that it imports. What is generated while they are
// installed, and what these libraries were built to, is kept too.
func Keeps(s stack.Service) []string {
	p := s.Packages
	if p.Manifest == "" {
		return nil
	}
	var directories []string
	members := slices.Concat(p.Linked, p.Outside)
	if p.Above == "" {
		directories = []string{"node_modules"}
	}
	if p.Workspace == "" && p.Above == "" {
		return append(directories, p.Generated...)
	}
	if m := s.Member(); m != "" {
		members = append(members, m)
	}
	slices.Sort(members)
	for _, m := range slices.Compact(members) {
		directories = append(directories, path.Join(m, "node_modules"))
	}
	return slices.Concat(directories, p.Generated, p.Made)
}

// The exact versions of what the Dockerfiles install besides a project's own packages, as of
// November 2026. Those of dev container features and of Gitpod's image stand in their templates.
// Base images are named by a tag with a minor version at most, so that a build gets the
// security updates of that line.
const (
	serve       = "serve@14.2.7"
	bun         = "1.4.5"
	npm8        = "8.19.4" // the newest on Node 14
	pnpm10      = "10.34.9"
	pnpm9       = "9.15.9"
	pnpm8       = "8.15.9"
	pnpm7       = "7.33.7"
	yarnClassic = "1.22.22"
	yarnNew     = "4.18.1"
)

// runners are programs that start a service and that its package.json may lack.
var runners = map[string]untrusted.Inert{"tsx": "tsx@4.23.15"}

// releases are those versions by manager and major version.
var releases = map[string]untrusted.Inert{
	"bun 1": bun, "pnpm 10": pnpm10, "pnpm 9": pnpm9, "pnpm 8": pnpm8, "pnpm 7": pnpm7, "yarn 1": yarnClassic, "yarn 4": yarnNew,
}

// exact is the version of a package manager to install: the one that the repository asks
// for, ours of the same line where it names a major version alone, usual where it names none.
func exact(p stack.Packages, usual untrusted.Inert) untrusted.Inert {
	asked := untrusted.Version(p.Version)
	if asked == "" {
		return usual
	}
	if ours, known := releases[p.Manager+" "+string(asked)]; known {
		return ours
	}
	return asked
}
