package project

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/composefile"
	"github.com/devup-cli/devup/internal/lazyregexp"
)

// Directories are the directories on this machine that hold a service's source: what its image
// is built from, and what of the project is mounted into it. They are absolute, each
// once, the closest to the service first. An image of another user has none.
func (p *Project) Directories(service string) []string {
	return directoriesOf(p.service(service), p.WorkingDir)
}

// Developed tells whether a service's source is in this repository.
func (p *Project) Developed(service string) bool {
	s := p.service(service)
	return s.Build != nil || slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool {
		return v.Type == types.VolumeTypeBind && inside(p.WorkingDir, v.Source)
	})
}

// service is one of the services that [Project.Running] gives.
func (p *Project) service(name string) types.ServiceConfig {
	if s, ok := p.Services[name]; ok {
		return s
	}
	return p.others[name]
}

func directoriesOf(s types.ServiceConfig, root string) []string {
	var directories []string
	add := func(directory string) {
		if directory = filepath.Clean(directory); !slices.Contains(directories, directory) && composefile.IsDirectory(directory) {
			directories = append(directories, directory)
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
	return directories
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
