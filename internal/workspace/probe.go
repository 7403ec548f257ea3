package workspace

import (
	"io/fs"
	"slices"
)

// probe is what a provider may read.
type probe struct {
	env  func(string) string
	fsys fs.FS // rooted at "/"
}

// sign recognises something of an environment.
type sign func(probe) bool

// always holds in every environment.
func always(probe) bool { return true }

// is recognises that a variable has one of the values.
func is(name string, values ...string) sign {
	return func(p probe) bool { return slices.Contains(values, p.env(name)) }
}

// set recognises that all of the variables have a value.
func set(names ...string) sign {
	return func(p probe) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return p.env(name) == "" })
	}
}

// knows recognises that a template can be made.
func knows(template func(probe) (string, string)) sign {
	return func(p probe) bool {
		made, _ := template(p)
		return made != ""
	}
}

// directory recognises that a directory exists.
func directory(name string) sign { return func(p probe) bool { return p.directory(name) } }

// either recognises that one of the signs is present.
func either(signs ...sign) sign {
	return func(p probe) bool {
		return slices.ContainsFunc(signs, func(s sign) bool { return s(p) })
	}
}

// both recognises that two signs are present.
func both(a, b sign) sign { return func(p probe) bool { return a(p) && b(p) } }

// file reads a probe file; empty when it does not exist.
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

// directory reports whether a probe directory exists.
func (p probe) directory(name string) bool {
	if p.fsys == nil {
		return false
	}
	info, err := fs.Stat(p.fsys, name)
	return err == nil && info.IsDir()
}
