// Package rule has the words of the rules by which package diagnose finds the cause of a failure,
// for diagnose's own table and for those of the stacks.
package rule

import "github.com/devup-cli/devup/internal/lazyregexp"

// Scope is a set of kinds of text.
type Scope uint16

// The kinds of text.
const (
	Build     Scope = 1 << iota // the output of a build
	Builder                     // the words of the builder itself on a build or a step of it
	Run                         // the log of a service
	Exec                        // what a command in a service's container printed
	Start                       // the engine's words on a container or command that it cannot start
	Pull                        // the engine's words on a pull without a login
	PullLogin                   // the same, with a login that was sent
	Push                        // the engine's words on a push without a login
	PushLogin                   // the same, with a login that was sent
	Change                      // the engine's words on a network or a file in a container that it does not change
	Answer                      // what a server answers
	Follow                      // a log that is followed, where errors may be shown or handled
	Compile                     // the log of a development server that compiles what it serves
	Source                      // the same, of which what it says of the source files
	Watcher                     // the log of a program that starts another one again when a file changes
	Workspace                   // what the program of a workspace printed, which opens and closes ports

	Program = Run | Exec      // a program in a service's container
	Step    = Build | Program // any program in a container
)

// Rank says which of several rules counts that match a text. Within one rank, the last line
// counts, because it is what ended the program.
type Rank int

// The ranks.
const (
	Last   Rank = iota - 2 // says little, such as an exit code
	Low                    // often follows from something else that was printed
	Middle                 // names what is the matter; the zero value
	High                   // says more than a rule of the middle that matches the same line
	First                  // all else that was printed follows from it
)

// Rule is a cause of failures that devup knows. In texts $name is replaced by what a group of the
// pattern or a fact holds, and [with $name|without] by one of two where it may hold nothing.
type Rule struct {
	Reason    string             // stable name, in --json and in the documentation
	Scope     Scope              // where it applies
	Rank      Rank               // of the pattern, against those of other rules
	Pattern   *lazyregexp.Regexp // of a line; a digit that ends the name of a group does not count; nil: the caller knows it
	Fallback  *lazyregexp.Regexp // of a line that says less of it, which counts as [Low]; nil for none
	AtEnd     bool               // it counts as the last line only
	Over      bool               // what was printed before is over, as after a restart; without a reason it is no cause
	Exit      int                // the exit code that shows it where no line shows anything; 0 for none
	Sentence  string             // what is wrong; lower case, no full stop
	Hint      string             // what to do, in the imperative; may be empty
	BuildHint string             // the same in a build; empty where Hint fits too
	Transient bool               // it may pass by itself, such as a database that is not up yet
	Example   string             // a line that was really printed, for tests; may be empty

	Adjust func(names map[string]string) // may change or add names; nil for none
}
