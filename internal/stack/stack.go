// Package stack holds the words in which devup says what it knows of a framework: how it is
// recognised, how it is built and started, what it needs behind a proxy, and the words of its
// errors.
//
// A [Stack] is one value in one file of the package of its language, such as
// internal/stack/python/flask.go, with one directory of templates. What the stacks of a
// language share is its [Language]. The table of all of them is in internal/stack/stacks,
// where the rest of devup looks them up.
//
// Functions of a stack read an [App]: what is known of a service so far, and the repository's
// files. They decide and touch nothing.
package stack

import (
	"path"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
	"github.com/devup-cli/devup/internal/untrusted"
)

// Stack is all that devup knows of one framework. Any field may be empty: one without Find
// is not recognised in a repository, but what it says of proxies and errors counts.
type Stack struct {
	// Name is the value of x-devup.stack and the directory of the templates. Stacks may share
	// one; the last of them in the table stands for it where nothing more is known.
	Name     string
	Aliases  []string  // other names by which a devup.yaml may ask for it
	Title    string    // as people write it: "FastAPI"
	Language *Language // nil where no service of it is made

	// Recognition. Find says whether the app's directory holds it, and fills in Entry, Callable,
	// Script and Shown of the app as far as it can. Describe fills in what else the directory
	// decides, such as Framework and Module; it also runs where the user named the stack.
	Find     func(a *App) bool
	Describe func(a *App)
	Packages []string      // those that show it, by their name in the manifest
	Requires []Requirement // packages that it cannot run without, and that lists often lack

	// How it runs.
	Frontend       bool                          // a frontend: people look at it in a browser
	Worker         bool                          // it listens nowhere
	Fallback       bool                          // it is taken only where nothing else is found at, above or below its directory
	Port           int                           // where it listens by default; 0 where only its source says
	FindPort       func(a *App) (Port, bool)     // where its files say the port; nil for the language's patterns
	OwnPort        bool                          // its files alone say the port: what env files of other services say of it is wrong
	Module         string                        // Service.Module where nothing was found
	Output         string                        // the directory of the built files that are served in production; empty for a server
	Commands       func(a *App) (start Commands) // asked for once the port and the language's version are known
	Ready          string                        // a path that answers once it serves, where its routes hold no better one
	UnusedServices func(a *App) []string         // data services that its own configuration names, and that this app does without
	Uses           func(a *App) []Use            // the environment variables that its files show besides the sources
	Migrate        func(a *App) []string         // the command that brings the database up to date, in exec form; nil for none

	// Environment variables.
	Prefixes   []string // of variables for its pages or for itself: "VITE_"
	EnvSyntax  string   // how its pages read a variable, up to the rest of the name: "import.meta.env.VITE_"
	ForPort    []string // those that say where it listens
	EnvFiles   []string // files that it loads from its directory besides .env
	ServerSide bool     // its server renders pages, and calls other services for them
	Settings   []string // its own settings, which nothing has to provide

	// Where it runs.
	Listen    Listen     // how it is told to listen on all addresses of its container
	Proxy     []Rule     // what it has to be told behind an https proxy
	Debuggers []Debugger // what it has to be told before the internet may reach it
	Failures  []Failure  // the words of its errors; package diagnose has those that are not one framework's
}

// Requirement is a package that a stack needs.
type Requirement struct {
	Package string
	Unless  *lazyregexp.Regexp // of the manifest's text: something else brings the package; nil for nothing
}

// Commands are the commands of a service in exec form, listening on 0.0.0.0 at its port.
type Commands struct {
	Dev   []string // for development: it reloads on a change
	Build []string // makes the production files; nil for none
	Prod  []string // for production; nil where the built files are served
}

// Language is what the stacks of one language share. Any field may be empty.
type Language struct {
	Name       string   // of its official image: "python"
	Manifests  []string // the files that list packages, best first
	Files      []string // other files that a decision about a service may open
	Locks      []string // those of them that say which packages are installed: they count although .gitignore names them
	Extensions []string // of its source files
	Versions   []string // newest first; the first is taken where nothing says which
	NotSource  []string // of source files that are another language's where both are there

	// Search finds the services of the language in a repository, recognised and not yet
	// described, and rejects directories that only look like one. Nil takes each directory
	// with a manifest in which a stack is found.
	Search   func(t *tree.Tree, stacks []*Stack) []*App
	Prepare  func(a *App) // what the Find functions of its stacks need
	Describe func(a *App) // what the directory decides, whatever the stack
	Finish   func(a *App) // what needs the commands
	// Migration is how a service whose image devup writes brings a SQL database of a kind, such as
	// "postgres", up to date, where its stack has no command of its own for that; nil for none.
	Migration func(a *App, kind string) *Migration
	Bundled   string       // the file by which a directory is the source of a framework, kept in the repository
	Remarks   func(a *App) // what will not work in a container as the files stand

	Version      func(a *App) (version string, why tree.Evidence)        // where no Dockerfile says it
	Flags        func(a *App, version string) (flags string, why string) // what that version needs to run the service
	Address      func(a *App) string                                     // the variable whose value is the address that the program listens on, "0.0.0.0:8080"; empty for none
	LoopbackOnly func(a *App) tree.Evidence                              // where the source listens on 127.0.0.1 alone; zero for nowhere
	Local        func(r *Runtime)                                        // adds what the version needs to reach 127.0.0.1 at localhost

	Ports              []*lazyregexp.Regexp                  // where a source says the port, in the first group; better ones first
	Routes             func([]tree.File) []Route             // what the sources answer
	Uses               func(tree.File) []Use                 // the environment variables that a source reads
	Imports            func(tree.File) []string              // the packages that a source imports
	LocalConfig        func(*tree.Tree, tree.File) tree.File // a file of settings without what does not count on a laptop; nil for all of it
	Unset              func(a *App) []Use                    // the variables for settings that its sources want and that no file has; nil for none
	Getenv             func(name, or string) string          // the code that reads a variable, with a value where it is not set
	RendersPages       *lazyregexp.Regexp                    // code of a server that answers with pages
	LoadsEnvFile       *lazyregexp.Regexp                    // code, or a package in a manifest, that loads the env files of its directory
	NeedsEnvFile       *lazyregexp.Regexp                    // code that ends the program where its directory has no .env
	LoadsParentEnvFile *lazyregexp.Regexp                    // code that looks for env files in directories above
	AllowsCORS         *lazyregexp.Regexp                    // code of a server that lets pages of other addresses call it
	// VersionRange looks up what the files that list packages say of one: the range of versions, empty
	// where they say none.
	VersionRange func(read func(name string) string, name string) (versions string, found bool)

	// In the image. Image is the base image of a version, which may be no tag at all. Install is
	// what the language's templates read as .Install.
	Image    func(version string) untrusted.Inert
	Copies   func(q *untrusted.Quoter, s Service) []untrusted.Inert // the files of the dependency layer, each as one COPY takes them
	Install  func(q *untrusted.Quoter, s Service, of *Stack) any
	KeptDirs func(s Service) []string // directories of the image, below its root, that a mount of the source must not hide

	ForProduction *lazyregexp.Regexp // text of a Dockerfile that a framework writes for production alone; nil where none does

	BrowserOnly *lazyregexp.Regexp // a source that runs in browsers alone, though a server renders pages
	ProxyFiles  *lazyregexp.Regexp // names of files that say where a development server sends requests on
}

// Source reads a source or a file of settings, as far as it counts.
func (l *Language) Source(t *tree.Tree, name string) tree.File {
	file := t.Source(name)
	if l.LocalConfig != nil {
		return l.LocalConfig(t, file)
	}
	return file
}

// Route is a path that a source answers.
type Route struct {
	Path string // as it is written, with parameters
	Get  bool   // to GET
	At   tree.Evidence
}

// Use is one place where an environment variable is read or named.
type Use struct {
	Name  string
	Value string // a literal default in the code, or the value in an env file
	Set   bool   // there is a default, or a loaded file sets it
	Where tree.Evidence
	// Required says that the program does not start without it, as far as this place tells.
	Required bool
	Checked  bool     // the source itself ends the program without it, so that a default in another place helps nothing
	Empty    bool     // an empty value will do for a start
	Number   bool     // the program reads a number
	Bool     bool     // the program reads true or false
	List     bool     // the program parses a list in JSON
	Choices  []string // the values that the program takes; nil for any
}

// Services finds the services of the language in a repository, recognised and not yet
// described. Those without a stack are of the language's plain one.
func (l *Language) Services(t *tree.Tree, stacks []*Stack) []*App {
	if l.Search != nil {
		return l.Search(t, stacks)
	}
	var found []*App
	for _, dir := range t.Paths {
		manifest := t.Directory(dir).First(l.Manifests...)
		if manifest == "" {
			continue
		}
		a := &App{Tree: t, Service: Service{Dir: dir}}
		if l.Prepare != nil {
			l.Prepare(a)
		}
		if a.Recognise(stacks) {
			found = append(found, a)
			continue
		}
		t.Reject(dir, manifest+", but no server that devup knows", tree.Evidence{File: path.Join(dir, manifest)})
	}
	return found
}
