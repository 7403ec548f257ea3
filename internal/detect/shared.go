package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/detect/filenames"
	"github.com/devup-cli/devup/internal/detect/runfiles"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// sharing decides which services of one directory, and which copies, are services.
type sharing struct{ *scan }

// shareDirectories marks the services that share a directory: Django and Vue CLI, a server
// and its Angular pages in one package.json. Each gets a Dockerfile and runs by itself. Vite
// without a page of its own serves files to the pages of a server: it runs next to that server,
// and without it is nothing to look at.
func (s sharing) shareDirectories() {
	s.found = slices.DeleteFunc(slices.Clone(s.found), func(c *candidate) bool {
		if !c.isPipeline() || s.sharesWith(c, backend) || filenames.PageServer(c.Directory()) == "" {
			return false
		}
		s.tree.Reject(c.Dir, "the assets of a server in "+filenames.PageServer(c.Directory()), c.FoundAt)
		return true
	})
	for _, c := range s.found {
		c.shares = s.sharesWith(c, backend) || s.sharesWith(c, frontend)
	}
	for _, c := range s.found {
		if c.isPipeline() && s.sharesWith(c, backend) {
			c.assets, c.Frontend = true, false
		}
	}
}

// isPipeline tells whether the service is Vite without a page of its own.
func (c *candidate) isPipeline() bool {
	return c.Frontend && c.StackName == "vite" && !c.Directory().Has("index.html")
}

// sharesWith tells whether another service of the role is in the directory.
func (s sharing) sharesWith(c *candidate, other role) bool {
	return slices.ContainsFunc(s.found, func(o *candidate) bool { return o != c && o.Dir == c.Dir && o.role() == other })
}

// composeFor is the compose service that builds or mounts the service's directory, or nil.
// One with a port comes first: one without is a worker. In a directory of several services it
// has to run the service's language; where its image does not say, it is the server.
func (s *scan) composeFor(c *candidate) *runfiles.ComposeService {
	var found *runfiles.ComposeService
	for _, service := range s.compose {
		if service.Dir != c.Dir || c.shares && !s.runsIn(service, c) {
			continue
		}
		if found == nil || found.Target == 0 && service.Target != 0 {
			found = service
		}
	}
	return found
}

func (s *scan) runsIn(service *runfiles.ComposeService, c *candidate) bool {
	image, _, _ := strings.Cut(path.Base(service.Image), ":")
	name := path.Join(service.Dir, "Dockerfile")
	if service.Dockerfile != "" {
		name = path.Join(service.Dir, service.Dockerfile)
	}
	if text := s.tree.Text(name); text != "" {
		image = runfiles.ParseDockerfile(name, text).BaseImage()
	}
	for _, other := range s.found {
		if other.Dir == c.Dir && strings.Contains(image, other.Stack.Language.Name) && other.Stack.Language != c.Stack.Language {
			return false
		}
	}
	return strings.Contains(image, c.Stack.Language.Name) && image != "" || c.role() == backend
}

// copyNames are the names of directories in which people keep copies of what they have.
var copyNames = lazyregexp.New(`(?i)^(?:journal|archives?|archived|old|backups?|bak|copy|copies|legacy|deprecated|obsolete|previous|snapshots?|trash|(?:week|day|lesson|chapter|step)[-_ ]?\d+)$`)

// isCopy tells whether a path lies in a directory of copies.
func isCopy(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), copyNames.MatchString)
}

// dropCopies leaves out the copies of services: those in a directory whose name says so, of
// which another service outside of such directories has the name or the manifest.
func (s sharing) dropCopies() {
	all := s.found
	s.found = slices.DeleteFunc(slices.Clone(all), func(c *candidate) bool {
		if !isCopy(c.Dir) {
			return false
		}
		i := slices.IndexFunc(all, func(other *candidate) bool {
			return !isCopy(other.Dir) && other.Stack.Language == c.Stack.Language && (path.Base(other.Dir) == path.Base(c.Dir) || s.sameManifest(other, c))
		})
		if i >= 0 {
			s.tree.Reject(c.Dir, "a copy of "+all[i].Dir, tree.Evidence{File: c.Dir})
		}
		return i >= 0
	})
}

// sameManifest tells whether the packages of two services are listed in the same words.
func (s sharing) sameManifest(a, b *candidate) bool {
	text := func(c *candidate) string {
		return s.tree.Text(path.Join(c.Dir, c.Directory().First(c.Stack.Language.Manifests...)))
	}
	return text(a) != "" && text(a) == text(b)
}
