package ready

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Source is the directory of this machine that a service is developed in: of its build, or
// one that is mounted into it. The zero value is that of a service which has none.
type Source struct {
	Dir  string // absolute
	Name string // as a user in the project's directory names it, with slashes; "." for that directory itself
}

// sourceOf finds the directory of a service's sources in the project's.
func sourceOf(s types.ServiceConfig, dir string) Source {
	var directories []string
	if s.Build != nil {
		directories = append(directories, s.Build.Context)
	}
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeBind {
			directories = append(directories, v.Source)
		}
	}
	for _, directory := range directories {
		if dir == "" || !filepath.IsAbs(directory) {
			continue // of another machine
		}
		if name, err := filepath.Rel(dir, directory); err == nil && filepath.IsLocal(name) {
			return Source{Dir: directory, Name: filepath.ToSlash(name)}
		}
	}
	return Source{}
}

// file is the name of a container's file as a user in the project's directory writes it,
// where it is found among the sources; else the name as it was given, without "./".
// Where a container has the sources is not known: the longest end of the name counts
// that there is a file for.
func (s Source) file(inContainer string) string {
	if below := s.below(inContainer); below != "" {
		return path.Join(s.Name, below)
	}
	return strings.TrimPrefix(inContainer, "./")
}

// below is the path of a container's file below the directory of the sources; empty where
// there is none.
func (s Source) below(inContainer string) string {
	if s.Dir == "" || inContainer == "" {
		return ""
	}
	for rest := strings.TrimPrefix(path.Clean(inContainer), "/"); rest != ""; {
		if info, err := os.Stat(filepath.Join(s.Dir, filepath.FromSlash(rest))); err == nil && info.Mode().IsRegular() && filepath.IsLocal(rest) {
			return rest
		}
		_, rest, _ = strings.Cut(rest, "/")
	}
	return ""
}
