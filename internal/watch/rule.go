package watch

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// Rule is one entry of develop.watch, ready to be matched.
type Rule struct {
	Service string
	Path    string // the watched file or directory of this machine; absolute and clean
	Target  string // where it lies in the container; empty for rules that sync nothing
	Action  types.WatchAction
	Exec    types.ServiceHook // what to run, for sync+exec
	Initial bool              // sync everything at the beginning

	include patterns // relative to Path; nil includes everything
	ignore  patterns // relative to Path
	modules bool     // node_modules is wanted
	project string   // the project's directory, without links; empty for none
	context string   // the directory that outside is relative to
	outside patterns // what the build leaves out of its context
}

// Rules gives the rules of the services in the project's order, of all without any
// names, and what the user should know of them. A rule that syncs what a bind
// mount delivers already is left out with a note. The error is a *fail.Error for a
// rule that cannot be followed.
func Rules(p *types.Project, services []string) (rules []Rule, notes []string, err error) {
	root := realDir(p)
	for _, name := range p.ServiceNames() {
		s := p.Services[name]
		if s.Develop == nil || len(services) > 0 && !slices.Contains(services, name) {
			continue
		}
		context, outside, err := buildIgnores(s.Build)
		if err != nil {
			return nil, nil, err
		}
		for _, t := range s.Develop.Watch {
			r, err := ruleOf(s, t)
			if err != nil {
				return nil, nil, err
			}
			r.context, r.outside, r.project = context, outside, root
			if source := boundAt(s, r); source != "" {
				notes = append(notes, fmt.Sprintf("%s: %s is mounted into the container, which shows changes at once, so nothing is synced from there", name, shown(p, r.Path)))
				continue
			}
			rules = append(rules, r)
		}
	}
	return rules, notes, nil
}

func ruleOf(s types.ServiceConfig, t types.Trigger) (Rule, error) {
	r := Rule{Service: s.Name, Path: filepath.Clean(t.Path), Action: t.Action, Exec: t.Exec, Initial: t.InitialSync}
	bad := func(hint, format string, args ...any) (Rule, error) {
		e := fail.New(fail.Config, hint, "develop.watch of service %s %s", s.Name, fmt.Sprintf(format, args...))
		e.Service = s.Name
		return Rule{}, e
	}
	switch t.Action {
	case types.WatchActionRebuild:
		if s.Build == nil {
			return bad("give it a build, or use another action", "asks for rebuild, but the service builds no image")
		}
	case types.WatchActionSyncExec:
		if len(t.Exec.Command) == 0 {
			return bad("name the command under exec.command", "asks for sync+exec without a command")
		}
	case types.WatchActionSync, types.WatchActionSyncRestart, types.WatchActionRestart:
	default:
		return bad("the actions are sync, rebuild, restart, sync+restart and sync+exec", "has the unknown action %q", t.Action)
	}
	if r.syncs() {
		r.Target = path.Join("/", t.Target)
		if strings.HasSuffix(t.Target, "/") && isFile(r.Path) {
			r.Target = path.Join("/", t.Target, filepath.Base(r.Path))
		}
	}
	r.modules = wantsModules(filepath.ToSlash(r.Path), t.Include, t.Ignore)
	var err error
	if r.include, err = compile(t.Include); err != nil {
		return bad("", "has an invalid pattern under include: %v", err)
	}
	if r.ignore, err = compile(t.Ignore); err != nil {
		return bad("", "has an invalid pattern under ignore: %v", err)
	}
	return r, nil
}

// syncs reports whether the rule copies files.
func (r Rule) syncs() bool {
	return r.Action == types.WatchActionSync || r.Action == types.WatchActionSyncRestart || r.Action == types.WatchActionSyncExec
}

// Covers reports whether a change of a path is the rule's business.
func (r Rule) Covers(name string) bool {
	relative, ok := inside(r.Path, name)
	return ok && (r.include == nil || relative == "." || r.include.match(relative, false)) && !r.ignores(name)
}

// ignores reports whether the rule leaves out a path, no matter what it includes. The
// watched path itself is never left out.
func (r Rule) ignores(name string) bool {
	relative, ok := inside(r.Path, name)
	if !ok || relative == "." {
		return !ok
	}
	if r.ignore.match(relative, alwaysIgnored(relative, r.modules)) {
		return true
	}
	below, ok := inside(r.context, name)
	return ok && r.context != "" && r.outside.match(below, false)
}

// skips reports whether nothing in a directory can be the rule's business, so that it
// need not be read.
func (r Rule) skips(dir string) bool {
	if _, above := inside(dir, r.Path); above {
		return false
	}
	if !r.ignores(dir) {
		return false
	}
	relative, ok := inside(r.Path, dir)
	if !ok {
		return true
	}
	if r.ignore.mayReadmit(relative) {
		return false
	}
	below, ok := inside(r.context, dir)
	return !ok || !r.outside.mayReadmit(below)
}

// target is where a path that the rule covers lies in the container.
func (r Rule) target(name string) string {
	relative, _ := inside(r.Path, name)
	return path.Join(r.Target, relative)
}

// boundAt gives the source of a bind mount that brings the path of a syncing rule
// into the container already, or empty. As in Compose it does not matter where to.
func boundAt(s types.ServiceConfig, r Rule) string {
	if !r.syncs() {
		return ""
	}
	for _, v := range s.Volumes {
		if v.Type != types.VolumeTypeBind {
			continue
		}
		source := v.Source
		if real, err := filepath.EvalSymlinks(source); err == nil {
			source = real // the loader does the same to the paths of rules
		}
		if _, ok := inside(source, r.Path); ok {
			return v.Source
		}
	}
	return ""
}

// inside gives a path relative to a directory, with slashes, "." for the directory itself.
func inside(dir, name string) (relative string, ok bool) {
	if dir == "" {
		return "", false
	}
	if name == dir {
		return ".", true
	}
	prefix := dir
	if !strings.HasSuffix(prefix, string(filepath.Separator)) {
		prefix += string(filepath.Separator)
	}
	relative, ok = strings.CutPrefix(name, prefix)
	return filepath.ToSlash(relative), ok
}

// shown is a path as users know it: relative to the project where it lies in it.
func shown(p *types.Project, name string) string {
	if relative, ok := inside(realDir(p), name); ok && relative != "." {
		return "./" + relative
	}
	return name
}

// realDir is the project's directory, without links as the paths of rules are.
func realDir(p *types.Project) string {
	if real, err := filepath.EvalSymlinks(p.WorkingDir); err == nil {
		return real
	}
	return p.WorkingDir
}
