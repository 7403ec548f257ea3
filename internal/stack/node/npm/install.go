package npm

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Install is how the packages get into the image of a service.
func Install(q *untrusted.Quoter, s stack.Service, _ *stack.Stack) any {
	v := managed(s.Packages, s.Runtime.Version)
	v.Modules, v.Owned = modules(q, s), owned(q, s)
	v.Server, v.Serve = serve, []string{"serve", "--single", "--listen", strconv.Itoa(s.Port.Number), path.Clean(s.Output)}
	if s.ManyPages {
		v.Serve = slices.Delete(v.Serve, 1, 2)
	}
	v.Whole, v.Runtime = s.Packages.Whole, "Node"
	if s.Runtime.Language == "bun" { // its image has the package manager, and no npm
		v.Runtime, v.Tool, v.Env = "Bun", "", nil
	}
	for _, name := range s.Packages.Missing {
		v.Missing = joined(v.Missing, runners[name])
	}
	v.Flags, v.Why = s.Runtime.Flags, "Its packages need this on Node "+untrusted.ImageTag(s.Runtime.Version)+"."
	if strings.Contains(v.Flags, "openssl-legacy-provider") {
		v.Why = "Its version of webpack uses a hash that newer OpenSSL only has as legacy."
	}
	return v
}

// installation is how the packages of a Node service get into its image.
type installation struct {
	Flags   string            // NODE_OPTIONS
	Why     untrusted.Inert   // the reason for Flags
	Server  untrusted.Inert   // what npm installs to serve the built files
	Serve   []string          // the command that serves them, in exec form
	Runtime untrusted.Inert   // what runs the service, as people write it
	Missing untrusted.Inert   // what npm installs besides: programs that start the service
	Whole   bool              // production has the packages for development too
	Tool    untrusted.Inert   // what npm installs first: the package manager, pinned; empty for npm itself
	Env     []untrusted.Inert // settings of the package manager, as NAME=value
	Cache   untrusted.Inert   // where the package manager keeps downloads
	All     untrusted.Inert   // installs all packages, exactly as locked where there is a lock file
	Prod    untrusted.Inert   // the same without those for development
	Modules untrusted.Inert   // the directories of installed packages that the service writes to, for sh
	Owned   untrusted.Inert   // the directories that belong to the service's user, for sh
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
	locked := p.Lock != ""
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
		install := pick("yarn install --frozen-lockfile", "yarn install")
		return installation{
			Tool:  "yarn@" + exact(p, yarnClassic),
			Cache: "/usr/local/share/.cache/yarn",
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
		install := pick("npm ci", "npm install")
		return installation{Cache: "/root/.npm", All: install, Prod: install + " --omit=dev"}
	}
}

// Copies are the files that decide which packages are installed, as COPY takes
// them. A pattern that matches nothing is no error beside a file that is there.
// In a workspace the package.json of every member is one of them.
func Copies(q *untrusted.Quoter, s stack.Service) []untrusted.Inert {
	p := s.Packages
	if p.Manifest == "" {
		return nil
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
		files = append(files, "pnpm-workspace.yaml*")
	case "bun":
		files = append(files, "bunfig.toml*")
	}
	layers := []untrusted.Inert{q.Copy(append(files, "./")...)}
	for _, member := range p.Members {
		layers = append(layers, q.Copy(path.Join(member, "package.json"), member+"/"))
	}
	return layers
}

// modules are the directories of installed packages in which tools keep files too:
// node_modules/.cache, node_modules/.vite.
func modules(q *untrusted.Quoter, s stack.Service) untrusted.Inert {
	if m := s.Member(); m != "" {
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

// Keeps are the directories that hold installed packages: in a
// workspace the root's, the service's and those of the libraries that it imports.
func Keeps(s stack.Service) []string {
	if s.Packages.Manifest == "" {
		return nil
	}
	directories := []string{"node_modules"}
	if s.Packages.Workspace == "" {
		return directories
	}
	members := slices.Clone(s.Packages.Linked)
	if m := s.Member(); m != "" {
		members = append(members, m)
	}
	slices.Sort(members)
	for _, m := range slices.Compact(members) {
		directories = append(directories, path.Join(m, "node_modules"))
	}
	return directories
}

// The exact versions of what the Dockerfiles install besides a project's own packages, as of
// November 2026. Those of dev container features and of Gitpod's image stand in their templates.
// Base images are named by a tag with a minor version at most, so that a build gets the
// security updates of that line.
const (
	serve       = "serve@14.2.7"
	bun         = "1.4.5"
	pnpm10      = "10.34.9"
	pnpm8       = "8.15.9"
	pnpm7       = "7.33.7"
	yarnClassic = "1.22.22"
	yarnNew     = "4.18.1"
)

// runners are programs that start a service and that its package.json may lack.
var runners = map[string]untrusted.Inert{"tsx": "tsx@4.23.15", "nodemon": "nodemon@3.1.14"}

// releases are those versions by manager and major version.
var releases = map[string]untrusted.Inert{
	"bun 1": bun, "pnpm 10": pnpm10, "pnpm 8": pnpm8, "pnpm 7": pnpm7, "yarn 1": yarnClassic, "yarn 4": yarnNew,
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
