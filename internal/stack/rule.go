package stack

import "github.com/devup-cli/devup/internal/lazyregexp"

// Rule is what a framework has to be told, in one range of its versions.
type Rule struct {
	Title     string   // empty for the stack's
	Packages  []string // the first of them that the manifest names decides; empty for the stack's
	Mark      string   // a file that shows the framework without any manifest; empty for none
	From      Version  // the newest version that the manifest admits must be at least this; zero for any
	Below     Version  // and less than this; zero for any
	Key       string   // package.json must have this key too; empty for none
	Path      bool     // it matters only where the address has a path
	Moved     bool     // it matters too where browsers reach the service itself, on another port than its own
	Variables []Setting
	Line      Line
}

// Setting is an environment variable with a template of its value: {suffix} is what the hosts
// of all ports end in, {hosts} are the service's own, {path} is what a proxy takes off paths.
type Setting struct{ Name, Value string }

// Line is a line of code that no variable can replace, with the same templates.
type Line struct {
	Why   string                                       // what happens without it: "refuses addresses that it does not know"
	Files []string                                     // where it may stand; the first is named when none exists
	In    func(read func(name string) string) []string // the same, where other files say it; nil for Files
	Must  bool                                         // without one of the files there is nothing to say
	Only  string                                       // a pattern that the file must match for the line to matter; empty for any file
	Has   string                                       // a pattern that shows that the project says it already, empty where nothing does; {suffix} is the quoted suffix
	Code  string                                       // the exact line
}

// Refuses is what development servers do with hosts that they were not told of.
const Refuses = "refuses addresses that it does not know"

// ShowsCode is what frameworks do under development.
const ShowsCode = "shows source code in its error pages"

// Debugger is what shows source code, or runs code, for any visitor of a service under
// development. The rule's variables turn it off and leave reloading as it is.
type Debugger struct {
	Rule
	Start  string // a pattern of how the service is started that shows the framework too; empty for none
	Only   string // a pattern that the start must match; empty for any
	Unless string // a pattern of a start that has no debugger; empty for none
	// Instead is what the command of a service should say instead of what Start matches; why is
	// the line's. It is empty where the command is right.
	Instead string
}

// Version is a major and a minor number.
type Version struct{ Major, Minor int }

// Release is the version of two numbers.
func Release(major, minor int) Version { return Version{major, minor} }

// Less compares two versions.
func (v Version) Less(other Version) bool {
	return v.Major < other.Major || v.Major == other.Major && v.Minor < other.Minor
}

// Listen says how a program is told to listen on all addresses.
type Listen struct {
	Prints *lazyregexp.Regexp // a line of its log that shows it; nil for none
	Hint   string             // in the imperative; %d is the port
}
