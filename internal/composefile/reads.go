package composefile

import (
	"path/filepath"
	"slices"

	"github.com/compose-spec/compose-go/v2/paths"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v4"

	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/symbol"
)

// compose-go opens the files of include and extends, and the env files of include, by
// itself, whatever they are and however large. So they are read here before, found as it
// finds them, and what devup does not read is an error. Everything else that may be wrong
// with them is left to compose-go.

// reads walks the files that the files of a project name.
type reads struct {
	env      envReader
	expander expander
	left     int64           // bytes that may still be read
	extended map[string]bool // files of extends that were read, with what their names are relative to
}

// level is a config file as compose-go loads it.
type level struct {
	dir   string        // its working directory, which may be relative to that of the process
	local string        // what the names of other files are relative to
	env   types.Mapping // for its variables
	above []string      // files that include it
}

// checkReads reads all files that the project's files name. The error is a [*fail.Error]
// for one that devup does not read.
func (s *Set) checkReads() error {
	r := &reads{left: maxRead, extended: map[string]bool{}}
	top := level{dir: s.Dir, local: s.Dir, env: s.Env}
	for _, f := range s.Files {
		if err := r.file(f, top); err != nil {
			return err
		}
	}
	return nil
}

// refuseRemote refuses files on other machines, which Compose would fetch.
func (s *Set) refuseRemote() error {
	for _, f := range s.Files {
		for _, n := range namedFiles(f) {
			if remote(n.Value) {
				e := fail.New(fail.Config, "clone the repository and name the file in it", "%s is on another machine, and a config is only read from files", n.Value)
				e.File, e.Line = f.Path, n.Line
				return e
			}
		}
	}
	return nil
}

// file goes through what one file names.
func (r *reads) file(s File, at level) error {
	at.above = append(slices.Clip(at.above), s.Path)
	for _, root := range append([]*yaml.Node{s.root}, s.more...) {
		if root == nil {
			continue
		}
		if _, list := Child(root, "include"); list != nil {
			for _, item := range Target(list).Content {
				if err := r.include(s, Target(item), at); err != nil {
					return err
				}
			}
		}
		if err := r.extends(s, root, at, at.local); err != nil {
			return err
		}
	}
	return nil
}

// include goes through an entry of include: a name, or a mapping with names.
func (r *reads) include(s File, item *yaml.Node, at level) error {
	names, envFiles, dir := []*yaml.Node{item}, []*yaml.Node(nil), ""
	if item.Kind == yaml.MappingNode {
		names, envFiles = scalars(item, "path"), scalars(item, "env_file")
		for _, n := range scalars(item, "project_directory") {
			dir = r.expand(n, at)
		}
	}
	if len(names) == 0 || names[0].Kind != yaml.ScalarNode {
		return nil
	}
	first := absoluteIn(at.local, symbol.Fill(r.expand(names[0], at), symbol.NoValue))
	if slices.Contains(at.above, first) {
		return nil // a circle, which compose-go reports
	}
	if len(at.above) > maxInclude {
		return tooMuch(s.Path, item.Line, "", "files include each other more than %d deep", maxInclude)
	}
	next := level{above: at.above}
	switch {
	case dir == "":
		next.local = filepath.Dir(first)
		next.dir = relativeTo(at.local, next.local)
	case filepath.IsAbs(dir):
		next.local, next.dir = dir, dir
	default:
		next.local = filepath.Join(at.dir, dir)
		next.dir = relativeTo(at.local, directoryOrAbove(absoluteIn(at.local, dir)))
	}
	env, err := r.includeEnv(s, envFiles, next.local, at)
	if err != nil {
		return err
	}
	next.env = at.env.Clone().Merge(env)
	for _, n := range names {
		name := symbol.Fill(r.expand(n, at), symbol.NoValue)
		included, err := r.source(s, n.Line, name, absoluteIn(at.local, name))
		if err != nil {
			return err
		}
		if err := r.file(included, next); err != nil {
			return err
		}
	}
	return nil
}

// includeEnv reads the env files of an include, or .env in its directory.
func (r *reads) includeEnv(s File, named []*yaml.Node, dir string, at level) (types.Mapping, error) {
	env := types.Mapping{}
	lookup := func(name string) (string, bool) {
		if v, ok := at.env[name]; ok {
			return v, true
		}
		v, ok := env[name]
		return v, ok
	}
	if len(named) == 0 {
		path := filepath.Join(dir, ".env")
		if err := r.env.file(path, "", env, lookup); refused(err) && !IsDirectory(path) {
			return nil, err
		}
		return env, nil
	}
	for _, n := range named {
		name := r.expand(n, at)
		path := absoluteIn(at.dir, name)
		err := r.env.file(path, "", env, lookup)
		if !refused(err) || name == "/dev/null" { // which compose-go passes over
			continue
		}
		if e := namedAt(s.Path, n.Line, name, err); e != nil {
			return nil, e
		}
		return nil, err
	}
	return env, nil
}

// extends goes through the services of a document that extend those of another file. dir is
// what the names are relative to.
func (r *reads) extends(s File, root *yaml.Node, at level, dir string) error {
	_, services := Child(root, "services")
	services = Target(services)
	if services == nil || services.Kind != yaml.MappingNode {
		return nil
	}
	for i := 1; i < len(services.Content); i += 2 {
		_, of := Child(services.Content[i], "extends")
		if of == nil {
			continue
		}
		for _, file := range scalars(of, "file") {
			if err := r.base(s, file, at, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// base goes through a file that a service of s extends.
func (r *reads) base(s File, file *yaml.Node, at level, dir string) error {
	name := symbol.Fill(r.expand(file, at), symbol.NoValue)
	if dir != at.local {
		name = paths.ExpandUser(name)
	}
	path := absoluteIn(dir, name)
	key := path + "\x00" + at.local
	if r.extended[key] {
		return nil
	}
	r.extended[key] = true
	base, err := r.source(s, file.Line, name, path)
	if err != nil {
		return err
	}
	for _, root := range append([]*yaml.Node{base.root}, base.more...) {
		if root == nil {
			continue
		}
		if err := r.extends(base, root, at, filepath.Dir(path)); err != nil {
			return err
		}
	}
	return nil
}

// File reads a file that s names in a line; empty where compose-go will say what is wrong.
func (r *reads) source(s File, line int, name, path string) (File, error) {
	named, err := readSource(path)
	if e := namedAt(s.Path, line, name, err); e != nil {
		return File{}, e
	}
	if refused(err) {
		return File{}, err
	}
	if r.left -= int64(len(named.content)) + 4096; r.left < 0 {
		return File{}, tooMuch(s.Path, line, "", "the files that the files name are larger than %d MiB together", maxRead>>20)
	}
	return named, nil
}

// expand gives the text of a node with its variables put in.
func (r *reads) expand(n *yaml.Node, at level) string {
	text, _ := r.expander.substitute(n.Value, at.env.Resolve) // compose-go says what is wrong with it
	return text
}

// scalars are the texts at a key: one, or those of a list.
func scalars(n *yaml.Node, key string) []*yaml.Node {
	_, value := Child(n, key)
	value = Target(value)
	switch {
	case value == nil:
		return nil
	case value.Kind == yaml.ScalarNode:
		return []*yaml.Node{value}
	}
	var list []*yaml.Node
	for _, item := range value.Content {
		if item = Target(item); item != nil && item.Kind == yaml.ScalarNode {
			list = append(list, item)
		}
	}
	return list
}

func absoluteIn(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// relativeTo is as compose-go has it: relative where that can be.
func relativeTo(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil {
		return rel
	}
	return path
}

// directoryOrAbove is the path, or the directory of what is no directory.
func directoryOrAbove(path string) string {
	if IsDirectory(path) {
		return path
	}
	return filepath.Dir(path)
}
