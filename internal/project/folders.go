package project

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Folders are the folders on this machine that hold a service's source: what its image
// is built from, and what of the project is mounted into it. They are absolute, each
// once, the closest to the service first. An image of somebody else has none.
func (p *Project) Folders(service string) []string {
	return foldersOf(p.Services[service], p.WorkingDir)
}

func foldersOf(s types.ServiceConfig, root string) []string {
	var folders []string
	add := func(folder string) {
		if folder = filepath.Clean(folder); !slices.Contains(folders, folder) && isFolder(folder) {
			folders = append(folders, folder)
		}
	}
	for _, mount := range s.Volumes {
		if mount.Type == types.VolumeTypeBind && inside(root, mount.Source) {
			add(mount.Source)
		}
	}
	if s.Build != nil && filepath.IsAbs(s.Build.Context) {
		if s.Build.DockerfileInline == "" {
			add(filepath.Dir(dockerfileOf(s.Build)))
		}
		add(s.Build.Context)
	}
	return folders
}

// dockerfileOf is the path of the Dockerfile of a build.
func dockerfileOf(b *types.BuildConfig) string {
	if filepath.IsAbs(b.Dockerfile) {
		return b.Dockerfile
	}
	return filepath.Join(b.Context, b.Dockerfile)
}

func inside(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Dockerfile is the text by which the service's image is built; empty where there is
// none, or where it cannot be read.
func (p *Project) Dockerfile(service string) string { return dockerfileText(p.Services[service].Build) }

func dockerfileText(b *types.BuildConfig) string {
	switch {
	case b == nil:
		return ""
	case b.DockerfileInline != "":
		return b.DockerfileInline
	default:
		return beginning(dockerfileOf(b))
	}
}

var (
	fromLine   = lazyregexp.New(`(?im)^\s*FROM\s+(?:--\S+\s+)?(\S+)`)
	fileServer = lazyregexp.New(`\b(?:nginx|httpd|caddy)\b`)
)

// ServesFiles tells whether a service's image is in the end a web server with files
// that were built before: no framework runs in it, and it reads no variables.
func (p *Project) ServesFiles(service string) bool { return servesFiles(p.Services[service].Build) }

func servesFiles(b *types.BuildConfig) bool {
	if b == nil || b.Target != "" {
		return false
	}
	last := ""
	for _, m := range fromLine.FindAllStringSubmatch(dockerfileText(b), -1) {
		last = m[1]
	}
	return fileServer.MatchString(last)
}

// AddEnvironment gives a service more variables, and is for use in [Project.Edit]. A
// variable that the service has already stays as it is.
func (p *Project) AddEnvironment(service string, variables map[string]string) {
	s, ok := p.Services[service]
	if !ok {
		return
	}
	s.Environment = with(s.Environment, variables)
	p.Services[service] = s
	if p.declared == nil {
		p.declared = map[string]types.MappingWithEquals{}
	}
	p.declared[service] = with(p.declared[service], variables)
}

// with adds variables to those that are there.
func with(environment types.MappingWithEquals, added map[string]string) types.MappingWithEquals {
	all := types.MappingWithEquals{}
	for name, value := range added {
		all[name] = &value
	}
	maps.Copy(all, environment)
	return all
}
