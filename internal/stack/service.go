package stack

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/secret"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Port is the port that a service listens on in its container.
type Port struct {
	Number   int
	Evidence tree.Evidence
}

// PortAt is a port and why it is that.
func PortAt(number int, why tree.Evidence) Port { return Port{Number: number, Evidence: why} }

// Runtime is a language at a version, as a tag of its official image has it.
type Runtime struct {
	Language string        // "node" or "python"
	Version  string        // "24", "3.13", "16.18"
	Flags    string        // what the version needs to run this service (NODE_OPTIONS), or empty
	Evidence tree.Evidence // why this version
}

// Packages says how a service's dependencies are installed.
type Packages struct {
	Manager  string // "npm", "yarn", "pnpm", "bun", "pip", "poetry", "uv", "pipenv"; empty for none
	Version  string // of the manager, where packageManager pins it; else empty
	Manifest string // "package.json", "requirements.txt", "pyproject.toml", "Pipfile", in the service's directory; empty for none
	Lock     string // the lock file's name in the service's directory, or in Workspace where that is set; empty for none
	Native   bool   // a dependency compiles C code, so that the image needs a compiler

	// Includes are further files that Manifest needs ("requirements/base.txt"),
	// relative to the service's directory.
	Includes []string
	// Missing are Python packages that the service cannot run without and that
	// Manifest does not name, sorted: those it imports where there is no manifest,
	// and the server that its command starts.
	Missing []string
	// Builders limit what builds packages from source: "setuptools<58".
	Builders []string
	// Build and Run are packages of Debian, sorted: those that compile dependencies, and those
	// that the service loads when it runs.
	Build, Run []string
	// Workspace is the directory of the npm, yarn, pnpm or bun workspace that the
	// service is the root or a member of, and that is installed as a whole. Empty
	// for none.
	Workspace string
	// Members are the directories of the workspace's packages without the root,
	// relative to Workspace, sorted; Linked are those that the service imports,
	// directly or through another, each behind those that it imports itself. For Python
	// Linked are all directories that packages are installed from, with or without a workspace
	// of uv, and Workspace holds them.
	Members, Linked []string

	Stale  bool     // Lock does not fit Manifest, so that the manager has to bring it up to date
	Peers  string   // npm's flag for peers that conflict, as in "--force"; empty for none
	Whole  bool     // production needs the packages for development, too
	System []string // Debian packages that the image needs, sorted; none where it has them anyway
	// Early are the directories and files of the source that the installation reads besides, relative
	// to the build context; "." is all of it.
	Early []string
	// Shared are directories of the repository whose source the service imports by path, without a
	// package of their own.
	Shared []string
	// Above is the directory above the service's own from which it takes packages by their path
	// ("file:../api"), and Outside are their directories in it. Empty for none.
	Above   string
	Outside []string
	// Generated are the directories of code that a tool writes into the source while the packages
	// are installed, relative to the build context.
	Generated []string
	// Builds are the commands that build the members that the service imports, in that order.
	Builds []Step
	// Libraries are those of them without which the service does not even start in development: it
	// imports files that they make. Made are the directories of these files, relative to the build context.
	Libraries []Step
	Made      []string
	// Hooks are commands that take scripts out of a manifest that only set up git, for the image has none.
	Hooks []Step
	// After are the commands that complete the installation, in exec form, each in its directory
	// below the build context.
	After []Step
	// Tools are the commands, in exec form, that install the programs of setup steps. No other
	// step of the build needs these.
	Tools [][]string
}

// Step is a command in a directory below the build context; "" is the context itself.
type Step struct {
	Dir     string
	Command []string
}

// Variable is an environment variable that a service reads or an env file names.
type Variable struct {
	Name     string
	Sibling  string        // name of the service whose URL the variable holds; empty for none
	Path     string        // what follows the sibling's URL, as in "/api"; mostly empty
	Socket   bool          // the URL is one of WebSockets: ws:// or wss://
	List     bool          // the program parses a list in JSON
	Inside   bool          // read by a server that calls the sibling itself, so that it needs the address between containers, not the browser's
	Default  bool          // the code or an env file that is loaded has a value for it, so that it may stay unset
	Required bool          // the program does not start where it is not set
	Usual    string        // a value that does for development, where nothing sets it; empty for none
	StandIn  string        // what the program starts with where only the user knows the value; empty where an empty one does
	Generate secret.Kind   // the kind of secret that is generated for it in each checkout; empty for none
	Secret   bool          // its name looks like a secret's
	Unread   bool          // only an env file or a Compose file names it
	Data     string        // the key in Compose of the data service of which the variable holds something; empty for none
	Value    string        // what it holds of that data service: its URL, host, port, user, password or name
	Replaced []string      // parts of Value that Compose replaces: "${DB_PASSWORD}"
	Evidence tree.Evidence // where it is read or named
}

// Worker is a process of a service's code that listens nowhere, such as one of Celery. It
// runs in a container of its own, from the service's image.
type Worker struct {
	Name     string        // what follows the service's name: "worker"
	Command  []string      // in exec form
	Evidence tree.Evidence // what shows it
}

// EnvFile is an env file that a service loads. Both paths are slash-separated and relative
// to the repository.
type EnvFile struct {
	Path    string
	Example string // the file that shows what belongs in it, where it does not exist; empty for none
	Pass    bool   // the service does not find it by itself in a container
}

// Wired says whether devup knows the value: the URL of a sibling or what a data service has.
func (v Variable) Wired() bool { return v.Sibling != "" || v.Data != "" }

// Service is one thing of the repository that runs: its decisions, each with its
// evidence, and nothing that still needs a choice. It is a plain value.
type Service struct {
	Name           string // valid as a Compose service name and as an image name, unique in the repository
	Dir            string // slash-separated path of its directory in the repository; "." for the root
	StackName      string // the name of its [Stack]
	Framework      string // as people write it: "Flask", "Create React App", "Vite + React", "Express"
	Frontend       bool   // it is a frontend: people look at it in a browser
	Port           Port
	PortName       string    // the variable that has to say the port, because an env file says another one; empty for none
	Listens        []Setting // variables that have to say where it listens, because another value is 127.0.0.1 alone
	Aliases        []string  // other names by which sources call it
	HostPort       int       // the port on the host; equal to Port.Number unless a sibling has it already
	Forward        int       // the port of its network that is forwarded to Port, where it listens on 127.0.0.1 alone; 0 for none
	Runtime        Runtime
	Packages       Packages
	Module         string    // Flask: the value of FLASK_APP ("app", "src/main.py", "pkg:create_app"); Python: the module or file to run; Node: the server entry where no script starts it
	Dev            []string  // the development command in exec form, listening on 0.0.0.0:Port
	Build          []string  // what makes the production files ("npm", "run", "build"): for cra, vite, and a node service with a build script; else nil
	Output         string    // the directory of built files that production serves ("build", "dist"); empty for a server
	ManyPages      bool      // Output holds a file for each path, so that an unknown path is an error and not index.html
	Prod           []string  // the production command in exec form for flask, node and python; nil when the built files are served
	Migrate        []string  // the command that brings its database up to date, in exec form; nil for none
	Seed           Seed      // what fills its database with data
	Workers        []Worker  // processes of the same code that listen nowhere
	Settings       []Setting // environment variables that its image sets; the values are literal
	Package        string    // the name by which files in its directory import each other from the one above; empty for none
	Debugging      []Setting // those of development alone
	ProdModule     string    // Python stacks: the WSGI callable for gunicorn ("app:app"); empty when there is none
	Variables      []Variable
	EnvFiles       []EnvFile     // those that it loads, where they do not exist, or lie outside of its directory
	EmptyEnv       bool          // it ends where its directory has no .env, even an empty one
	Routes         []string      // a backend: the path prefixes that it answers ("/api"), sorted; nil where they are not known
	Public         tree.Evidence // why a browser on another machine has to reach it at a URL of its own, a clause; the zero value where none has to
	Ready          string        // a path that must answer below 500, or empty for the port alone
	Dockerfile     string        // the name of its existing Dockerfile in Dir, or empty
	ProdDockerfile bool          // Dir has a Dockerfile for production alone, which stays
	BuiltFrom      string        // the directory that its existing Dockerfile is built from, where that is not Dir; else empty
	Mounted        string        // the directory in the image of its existing Dockerfile that its source can be mounted over; empty where that is not safe
	Installed      []string      // the directories below Mounted that hold what the image installed
	Command        []string      // what it runs instead of the command of its existing Dockerfile, in exec form; nil to keep that
	Compose        string        // the name of the service in an existing compose file that builds or mounts Dir, or empty
	Included       bool          // that file is one that devup.yaml includes, so that devup.yaml cannot add to the service
	Evidence       []tree.Evidence
	Needs          []string // names of the services that its server calls, sorted; not one that calls it back
	Calls          []Call   // addresses on this machine that are written into its source
	Remarks        []Remark // what will not work as the files stand

	// MigrateFiles are patterns of files in the repository; when one changes, Migrate has to run again.
	MigrateFiles []string
}

// Remark is something that will not work in a container, or not everywhere, as the files stand.
type Remark struct {
	tree.Evidence        // what is wrong, and where
	Fix           string // what to do, in the imperative; ways to choose from are divided by "; or "
	Elsewhere     bool   // it works on the machine itself, and not in a cloud workspace or with another host port
}

// Call is a URL on this machine that stands in a service's source, where no variable
// can change it.
type Call struct {
	Port     int
	Origin   bool          // a server lets pages from there call it; else a page calls it
	Instead  string        // what to write there, as the fix of a [Remark]
	Evidence tree.Evidence // where; the text is the URL
}

// systemDirectories are the names at the root of a Debian image.
var systemDirectories = []string{
	"bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run", "sbin",
	"srv", "sys", "tmp", "usr", "var",
}

// IsSystemDirectory says whether an image has a directory of the name at its root.
func IsSystemDirectory(name string) bool { return slices.Contains(systemDirectories, name) }

// Root is the directory in the container that holds the build context: the
// service's name, so that a path in a log says which service it was, or the name by which its
// files import each other. A service that is called like a directory of the system must not hide that.
func (s Service) Root() untrusted.Inert {
	name := untrusted.ServiceName(s.Name)
	if own := untrusted.ServiceName(s.Package); own != "" && s.Context() == s.Dir {
		name = own
	}
	if IsSystemDirectory(string(name)) {
		return "/srv/" + name
	}
	return "/" + name
}

// Workdir is the directory in the container that holds the service's source.
func (s Service) Workdir() string { return path.Join(string(s.Root()), s.Member()) }

// Context is the directory in the repository that the image is built from: the
// service's own, or one above it that has what its image needs: the lock file and libraries of
// its workspace, packages that it names by their path.
func (s Service) Context() string {
	if s.Dockerfile != "" {
		return cmp.Or(s.BuiltFrom, s.Dir)
	}
	return cmp.Or(s.Packages.Workspace, s.Packages.Above, s.Dir)
}

// Member is the service's directory relative to its build context; empty where it
// is that directory.
func (s Service) Member() string {
	context := s.Context()
	switch context {
	case s.Dir:
		return ""
	case ".":
		return s.Dir
	}
	return strings.TrimPrefix(s.Dir, context+"/")
}

// Explains says whether a language has to say why it takes no service of a directory: where a
// Dockerfile builds it, that decides, and says why not.
func Explains(d *tree.Directory) bool {
	return !slices.ContainsFunc(d.Names, func(name string) bool { return strings.Contains(strings.ToLower(name), "dockerfile") })
}
