package provider

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/devup-cli/devup/internal/dockerconfig"
	"github.com/devup-cli/devup/internal/fail"
	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/project"
)

// Plugins are the directories of docker's plugins: the user's own, which DOCKER_CONFIG or the
// home says, and the system's.
func Plugins(variable, home string) []string {
	dirs := []string{"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"}
	if own := dockerconfig.Dir(variable, home); own != "" {
		dirs = append([]string{filepath.Join(own, "cli-plugins")}, dirs...)
	}
	return dirs
}

// typeName is a provider's type: the name of a program, and no path, which would make a
// file of a clone the program.
var typeName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// unknownProgram refuses a program on the PATH that tells nothing as a provider does. A clone
// decides which name is looked for, and with which options the program would be called: many
// programs run files or commands that options name.
func unknownProgram(kind, program string) error {
	return fail.New(fail.Config, "if you trust it, install it as a plugin of docker with the name docker-"+kind,
		"provider %s: the program %s does not answer to `compose metadata`, as a provider on the PATH has to", kind, program)
}

// Programs are those on the PATH that the project's providers would run, sorted. A plugin of
// docker is none of them: the user installed it for this.
func (r Runner) Programs(p *project.Project) []string {
	var programs []string
	for _, name := range Names(p) {
		if program, plugin, err := r.find(p.Services[name].Provider.Type); err == nil && !plugin {
			programs = append(programs, program)
		}
	}
	slices.Sort(programs)
	return slices.Compact(programs)
}

// Question is what the user has to agree to before the program runs.
func Question(program string) string {
	return "let this checkout run the program " + program + " as a provider?"
}

// allowed gives the program of a provider that may run.
func (r Runner) allowed(kind string) (program string, plugin bool, err error) {
	program, plugin, err = r.find(kind)
	if err != nil || plugin {
		return program, plugin, err
	}
	switch r.Consent(program) {
	case Agreed:
		return program, false, nil
	case Declined:
		return "", false, fail.New(fail.Failed, "agree with --yes, if you trust it", "provider %s: you declined to run the program %s", kind, program)
	default:
		return "", false, fail.New(fail.NeedsAnswer, "run `devup up` on a terminal, or agree with --yes", "provider %s: the program %s runs only if you agree", kind, program)
	}
}

// find gives the program of a provider: a plugin of docker, or one on the PATH.
func (r Runner) find(kind string) (program string, plugin bool, err error) {
	if !typeName.MatchString(kind) || kind == "compose" {
		return "", false, fail.New(fail.Config, "name a plugin of docker, or a program on the PATH", "provider type %q is not the name of a program", kind)
	}
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	for _, dir := range r.Plugins {
		file := filepath.Join(dir, "docker-"+kind+suffix)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file, true, nil
		}
	}
	path, err := exec.LookPath(kind)
	if err != nil {
		return "", false, fail.New(fail.Config, "install it, or leave the service out with a profile", "provider %s: neither a plugin of docker nor a program on the PATH has that name", kind)
	}
	return path, false, nil
}
