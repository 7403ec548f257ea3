package engineconfig

import (
	"archive/tar"
	"bytes"
	"fmt"
	"path"
	"strconv"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/fail"
)

// file is a secret or a config as a container finds it.
type file struct {
	target   string
	path     string // of a file on this machine that is mounted; empty when content is copied instead
	content  string // never shown
	mode     int64
	uid, gid int
}

// filesOf are the secrets and configs of a service. A value that is written in
// the project's files or comes from the environment is copied into the container
// before it starts, so that it lies on no disk but the engine's.
func filesOf(p *types.Project, s types.ServiceConfig) ([]file, error) {
	var files []file
	for _, ref := range s.Secrets {
		f, err := fileOf(p, s, "secret", types.FileReferenceConfig(ref), types.FileObjectConfig(p.Secrets[ref.Source]))
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	for _, ref := range s.Configs {
		f, err := fileOf(p, s, "config", types.FileReferenceConfig(ref), types.FileObjectConfig(p.Configs[ref.Source]))
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func fileOf(p *types.Project, s types.ServiceConfig, kind string, ref types.FileReferenceConfig, source types.FileObjectConfig) (file, error) {
	f := file{target: ref.Target, path: source.File, mode: 0o444}
	if f.target == "" {
		f.target = ref.Source
	}
	if !path.IsAbs(f.target) && drive(f.target) == "" {
		f.target = path.Join(map[string]string{"secret": "/run/secrets", "config": "/"}[kind], f.target)
	}
	switch {
	case bool(source.External):
		return f, unsupportedFile(s.Name, kind, ref.Source, "which is external: only a swarm stores such values")
	case source.Driver != "" || source.TemplateDriver != "":
		return f, unsupportedFile(s.Name, kind, ref.Source, "which has a driver: only a swarm runs those")
	case source.File != "":
		return f, nil // mode and owner are those of the file
	}
	f.content = source.Content
	if f.content == "" && source.Environment != "" {
		value, set := p.Environment[source.Environment]
		if !set {
			return f, fail.New(fail.Config, fmt.Sprintf("set %s, for example in .env", source.Environment),
				"service %s: the variable %s of its %s %s is not set", s.Name, source.Environment, kind, ref.Source)
		}
		f.content = value
	}
	if ref.Mode != nil {
		f.mode = int64(*ref.Mode)
	}
	for _, id := range []struct {
		text   string
		number *int
	}{{ref.UID, &f.uid}, {ref.GID, &f.gid}} {
		if id.text == "" {
			continue
		}
		n, err := strconv.Atoi(id.text)
		if err != nil {
			return f, fail.Wrap(err, fail.Config, "write the number: names exist only in the container", "service %s: the owner of the %s %s is not a number: %q", s.Name, kind, ref.Source, id.text)
		}
		*id.number = n
	}
	return f, nil
}

func unsupportedFile(service, kind, name, why string) error {
	return fail.New(fail.Config, fmt.Sprintf("put the value into a file and declare the %s with `file:`", kind),
		"service %s: cannot use the %s %q, %s", service, kind, name, why)
}

// IgnoredOwners names the secrets and configs that are files on this machine and
// are to have another owner or mode: a mounted file keeps its own.
func IgnoredOwners(p *types.Project, s types.ServiceConfig) []string {
	var notes []string
	note := func(kind string, ref types.FileReferenceConfig, file string) {
		if file != "" && (ref.UID != "" || ref.GID != "" || ref.Mode != nil) {
			notes = append(notes, fmt.Sprintf("the %s %s is a mounted file, which keeps its own owner and mode: uid, gid and mode of the service do nothing", kind, ref.Source))
		}
	}
	for _, ref := range s.Secrets {
		note("secret", types.FileReferenceConfig(ref), p.Secrets[ref.Source].File)
	}
	for _, ref := range s.Configs {
		note("config", types.FileReferenceConfig(ref), p.Configs[ref.Source].File)
	}
	return notes
}

// Copy is a secret or a config that is copied into a container before it starts.
type Copy struct {
	Target   string // its absolute path in the container
	Content  string // never shown
	Mode     int64
	UID, GID int
}

// Copies are those of a service's secrets and configs that are no files on this machine.
func Copies(p *types.Project, s types.ServiceConfig) ([]Copy, error) {
	files, err := filesOf(p, s)
	var copies []Copy
	for _, f := range files {
		if f.path == "" {
			copies = append(copies, Copy{f.target, f.content, f.mode, f.uid, f.gid})
		}
	}
	return copies, err
}

// Files is an archive of the secrets and configs that are copied into a container of the
// service before it starts; nil where there are none. Nothing is copied into a read_only one,
// which has them mounted.
func Files(p *types.Project, s types.ServiceConfig) ([]byte, error) {
	if s.ReadOnly {
		return nil, nil
	}
	files, err := filesOf(p, s)
	if err != nil {
		return nil, err
	}
	return archive(files)
}

func archive(files []file) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	some := false
	for _, f := range files {
		if f.path != "" {
			continue
		}
		some = true
		if err := w.WriteHeader(&tar.Header{Name: f.target, Size: int64(len(f.content)), Mode: f.mode, Uid: f.uid, Gid: f.gid}); err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(f.content)); err != nil {
			return nil, err
		}
	}
	if !some {
		return nil, nil
	}
	return b.Bytes(), w.Close()
}
