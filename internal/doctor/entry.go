package doctor

import (
	"cmp"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/untrusted"
)

// checkEntry looks for scripts that a container is to start, but may not: they lack the
// bit that says so.
func checkEntry(o Options) Finding {
	p := o.Project
	if p.Model == nil || o.Machine.GOOS == "windows" || (o.Machine.WSL && windowsDrive.MatchString(p.Dir)) {
		return nothing() // there are no such bits
	}
	var notExecutable []string
	for _, name := range p.Model.ServiceNames() {
		if file := notExecutableScript(p.Model.Services[name]); file != "" {
			file = relativeTo(p.Dir, file)
			if !slices.Contains(notExecutable, file) {
				notExecutable = append(notExecutable, file)
			}
		}
	}
	if len(notExecutable) == 0 {
		return good("")
	}
	files := untrusted.Arguments(notExecutable...)
	return warning("containers start these scripts, which may not be executed: "+strings.Join(notExecutable, ", "),
		"`chmod +x "+files+" && git update-index --chmod=+x "+files+"`")
}

// notExecutableScript is the file that a service's container would start, where it is there and
// no program; else empty.
func notExecutableScript(s types.ServiceConfig) string {
	dockerfile := ""
	if s.Build != nil {
		dockerfile = dockerfileOf(*s.Build)
	}
	program := first(s.Entrypoint, s.Command, started(dockerfile))
	if !strings.Contains(program, "/") {
		return ""
	}
	for _, v := range s.Volumes {
		if below, ok := strings.CutPrefix(inContainer(s, program), path.Clean(v.Target)+"/"); ok && v.Type == types.VolumeTypeBind {
			return ifNotExecutable(filepath.Join(v.Source, filepath.FromSlash(below)))
		}
	}
	if s.Build == nil || !filepath.IsAbs(s.Build.Context) || strings.Contains(dockerfile, "chmod") {
		return ""
	}
	for rest := strings.TrimPrefix(path.Clean(program), "/"); rest != ""; {
		if file := ifNotExecutable(filepath.Join(s.Build.Context, filepath.FromSlash(rest))); file != "" {
			return file
		}
		_, rest, _ = strings.Cut(rest, "/")
	}
	return ""
}

// inContainer is the absolute path of a program, as far as the service says where it
// begins.
func inContainer(s types.ServiceConfig, program string) string {
	if path.IsAbs(program) {
		return path.Clean(program)
	}
	return path.Join("/", s.WorkingDir, program)
}

// ifNotExecutable is the file, if it is one that may not be executed.
func ifNotExecutable(file string) string {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o111 != 0 {
		return ""
	}
	return file
}

// first is the first word of the first command that has one.
func first(commands ...[]string) string {
	for _, c := range commands {
		if len(c) > 0 {
			return c[0]
		}
	}
	return ""
}

// dockerfileOf is the text of a build's Dockerfile, as far as it can be read here.
func dockerfileOf(b types.BuildConfig) string {
	if b.DockerfileInline != "" || !filepath.IsAbs(b.Context) {
		return b.DockerfileInline
	}
	text, _ := untrusted.ReadFile(dockerfilePath(b), untrusted.MaxText) // that it is missing is an error of the build
	return string(text)
}

// dockerfilePath is where the Dockerfile of a build with a local context lies.
func dockerfilePath(b types.BuildConfig) string {
	file := cmp.Or(b.Dockerfile, "Dockerfile")
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(b.Context, file)
}

var starts = lazyregexp.New(`(?mi)^\s*(ENTRYPOINT|CMD)\s+(.+?)\s*$`)

// started is the command of an image by its Dockerfile: what the last ENTRYPOINT says, or
// the last CMD. Both in one line; what goes on over several is not understood.
func started(dockerfile string) []string {
	last := map[string][]string{}
	for _, found := range starts.FindAllStringSubmatch(dockerfile, -1) {
		var words []string
		if json.Unmarshal([]byte(found[2]), &words) != nil {
			words = strings.Fields(found[2])
		}
		last[strings.ToUpper(found[1])] = words
	}
	if entry := last["ENTRYPOINT"]; len(entry) > 0 {
		return entry
	}
	return last["CMD"]
}
