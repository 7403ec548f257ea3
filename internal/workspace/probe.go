package workspace

import (
	"io/fs"
	"slices"
)

// probe is what a provider may look at.
type probe struct {
	env  func(string) string
	fsys fs.FS // rooted at "/"
}

// sign tells something of an environment.
type sign func(probe) bool

// always holds in every environment.
func always(probe) bool { return true }

// is tells that a variable has one of the values.
func is(name string, values ...string) sign {
	return func(p probe) bool { return slices.Contains(values, p.env(name)) }
}

// set tells that all of the variables have a value.
func set(names ...string) sign {
	return func(p probe) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return p.env(name) == "" })
	}
}

// knows tells that a template can be made.
func knows(template func(probe) (string, string)) sign {
	return func(p probe) bool {
		made, _ := template(p)
		return made != ""
	}
}

// directory tells that a directory is there.
func directory(name string) sign { return func(p probe) bool { return p.directory(name) } }

// either tells that one of the signs is there.
func either(signs ...sign) sign {
	return func(p probe) bool {
		return slices.ContainsFunc(signs, func(s sign) bool { return s(p) })
	}
}

// both tells that two signs are there.
func both(a, b sign) sign { return func(p probe) bool { return a(p) && b(p) } }

// file reads a probe file; empty when it is not there.
func (p probe) file(name string) string {
	if p.fsys == nil {
		return ""
	}
	data, err := fs.ReadFile(p.fsys, name)
	if err != nil {
		return ""
	}
	return string(data)
}

// directory tells whether a probe directory is there.
func (p probe) directory(name string) bool {
	if p.fsys == nil {
		return false
	}
	info, err := fs.Stat(p.fsys, name)
	return err == nil && info.IsDir()
}
