package ready

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/devup-cli/devup/internal/diagnose"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// A dev server answers 200 with an empty page also when it could not compile what it
// serves, and says so in its log alone.

// How long a dev server that answers is waited for to say whether it compiles, and how
// often its log is read meanwhile. Vite starts to read the sources after it listens,
// and never says that all is well: all of its starts wait that long.
const (
	compileTime  = 600 * time.Millisecond
	compilePause = 200 * time.Millisecond
)

// compiling reads what a service that has just begun to answer printed: it makes a warning of
// the result where the service's dev server says that it cannot compile.
func (pr *prober) compiling(ctx context.Context, r result) result {
	if !pr.compiles || pr.probe.Kind != HTTP || pr.probe.WasReady || pr.probe.Source.Dir == "" || r.warning {
		return r
	}
	for until := time.Now().Add(compileTime); ; {
		said := compilation(pr.log(ctx, pr.evidence.state, readLines))
		if said.broken {
			return result{ready: true, warning: true, text: "answers, but does not compile" + pr.compileError(said)}
		}
		if !said.pending || !time.Now().Before(until) || !pause(ctx, compilePause) {
			return r
		}
	}
}

// pause waits; it gives false where ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// compileError says what a dev server could not compile, and what to do about it.
func (pr *prober) compileError(c compiled) string {
	file := pr.probe.Source.file(c.file)
	again := "run `devup up` again"
	switch {
	case file != "" && diagnose.PathAlias(c.module):
		return fmt.Sprintf(": %s imports %s, whose path alias is not configured, or which does not exist", file, c.module)
	case file != "" && c.relative():
		return fmt.Sprintf(": %s imports %s, which does not exist; check the path and its upper and lower case", file, c.module)
	case c.module != "" && !c.relative():
		return fmt.Sprintf(": %s needs the package %s; add %[2]s to package.json and %s", cmp.Or(file, "it"), diagnose.NPMPackage(c.module), again)
	case file != "" && c.what != "":
		return fmt.Sprintf(": %s: %s", file, c.what)
	case file != "" || c.what != "":
		return fmt.Sprintf(": %s%s; `devup logs %s` shows the error", file, c.what, pr.probe.Service)
	default:
		return fmt.Sprintf("; `devup logs %s` shows the error", pr.probe.Service)
	}
}

// compiled is what a dev server's log says of the last compilation. The zero value is
// that of a program which compiles nothing.
type compiled struct {
	pending bool // a dev server has begun, and has said nothing yet
	broken  bool

	// Of a broken one, as far as it was said.
	file   string // as it is in the container
	module string // that an import names
	what   string // the error in the compiler's words
}

// relative reports whether the module is a file, or the name of a directory of the project's own.
func (c compiled) relative() bool {
	return strings.HasPrefix(c.module, ".") || strings.HasPrefix(c.module, "/") || strings.HasPrefix(c.module, "~") || diagnose.PathAlias(c.module)
}

// What dev servers print, of webpack (Create React App, Vue CLI), Vite and esbuild.
var (
	beginsCompiling = lazyregexp.New(`^Starting the development server|^Compiling\.\.\.|^\s*VITE v\S+\s+ready in|<i> \[webpack-dev-server\] Project is running`)
	hasCompiled     = lazyregexp.New(`^Compiled (?:successfully|with warnings)|^webpack (?:\S+ )?compiled (?:successfully|with \d+ warnings?)|\[vite\] (?:\(client\) )?(?:hmr update|page reload)`)
	cannotCompile   = lazyregexp.New(`^Failed to compile\b|^webpack (?:\S+ )?compiled with \d+ errors?|^ERROR in (?:\./)?[\w@./-]+\.\w+(?:$|[ :(])|^Module not found: (?:Error: )?Can't resolve '|\[vite\] (?:\(client\) )?(?:Pre-transform error|Internal server error): |\[plugin:vite:[\w:-]+\] |^\s*[✘X] \[ERROR\] |^Error: The following dependencies are imported but could not be resolved`)

	compileDetails = []*lazyregexp.Regexp{
		lazyregexp.New(`^ERROR in (?P<file>(?:\./)?[\w@./-]+\.\w+)(?:$|[ :(])`),
		lazyregexp.New(`Can't resolve '(?P<module>[^']+)'`),
		lazyregexp.New(`Failed to resolve import "(?P<module>[^"]+)" from "(?P<file>[^"]+)"`),
		lazyregexp.New(`Could not resolve "(?P<module>[^"]+)"`),
		lazyregexp.New(`^TS2307: Cannot find module '(?P<module>[^']+)'`),
		lazyregexp.New(`^\s+(?P<module>\S+) \(imported by (?P<file>[^,)]+)`),
		lazyregexp.New(`^\s+File: (?P<file>/[^:]+)`),
		lazyregexp.New(`^\s{2,}(?P<file>[\w@./-]+\.\w+):\d+:\d+:$`),
		lazyregexp.New(`^(?:SyntaxError|Error): (?P<file>/\S+): (?P<what>[^\n]+)`),
	}
)

// compilation reads a log, oldest line first. What was said last counts: a dev server
// compiles again whenever a file changes.
func compilation(log []string) compiled {
	var c compiled
	for _, line := range log {
		switch {
		case beginsCompiling.MatchString(line):
			c = compiled{pending: true}
		case hasCompiled.MatchString(line):
			c = compiled{}
		default:
			c.broken = c.broken || cannotCompile.MatchString(line)
			if c.broken {
				c.pending = false
				c.parseLine(line)
			}
		}
	}
	return c
}

// parseLine takes what a line says of the first error; others may follow from it.
func (c *compiled) parseLine(line string) {
	for _, detail := range compileDetails {
		groups := detail.FindStringSubmatch(line)
		if groups == nil {
			continue
		}
		for i, name := range detail.Compiled().SubexpNames() {
			switch {
			case name == "file" && c.file == "":
				c.file = groups[i]
			case name == "module" && c.module == "":
				c.module = groups[i]
			case name == "what" && c.what == "":
				c.what = groups[i]
			}
		}
	}
}
