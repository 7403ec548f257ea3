package node

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
)

// remarks says what will not work in a container as the files stand.
func remarks(a *stack.App) {
	remarkEnvFile(a)
	remarkLibraries(a)
	remarkLetters(a)
}

var envFileFlag = lazyregexp.New(`--env-file[= ]["']?([^\s"']+)|\benv-cmd\s+-f\s+(\S+)|\bdotenv\s+-e\s+(\S+)`)

// remarkEnvFile looks for the env files that the start script reads: without
// one that it names, node stops.
func remarkEnvFile(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	for _, match := range envFileFlag.FindAllStringSubmatch(p.Script(a.Script), -1) {
		name := path.Join(a.Dir, match[1]+match[2]+match[3])
		if !fs.ValidPath(name) || a.Tree.Exists(name) || copied(a, name) || demandsEnvFile(a) != "" && name == path.Join(a.Dir, ".env") {
			continue
		}
		fix := "create it before `devup up`"
		for _, suffix := range []string{".example", ".sample", ".template", ".dist"} {
			if a.Tree.Exists(name + suffix) {
				fix = "copy " + name + suffix + " to " + name + ", and fill it in"
				break
			}
		}
		a.Remark(p.At(a.Script, "the script "+a.Script+" reads "+name+", which does not exist"), fix)
	}
}

var (
	loadsEnvFile = lazyregexp.New(`(?m)^(?:[^\n/"'\x60]*[^\w\n])?process\.loadEnvFile\(\s*(?:\)|[^)\n]*["'\x60/]\.env["'\x60]\s*\))`)
	envFileAlone = lazyregexp.New(`--env-file[= ]["']?(?:\./)?\.env(?:["'\s]|$)`)
)

// demandsEnvFile is the code that ends the program where its directory has no .env, though the
// environment has all that it would hold; empty for none. An empty .env is one that it made itself.
func demandsEnvFile(a *stack.App) string {
	if a.Frontend || a.Dockerfile != "" || a.Tree.Text(path.Join(a.Dir, ".env")) != "" || copied(a, path.Join(a.Dir, ".env")) {
		return ""
	}
	if found := envFileAlone.FindString(npm.ManifestOf(a.Tree, a.Dir).Script(a.Script)); a.Script != "" && found != "" {
		return found
	}
	for _, source := range a.Sources {
		if at := loadsEnvFile.FindStringIndex(source.Text); at != nil && !strings.Contains(source.Text[max(0, at[0]-60):at[0]], "try") {
			return source.Text[at[0]:at[1]]
		}
	}
	return ""
}

// makeEnvFile has the commands make an empty .env where the program ends without one.
func makeEnvFile(a *stack.App) {
	if demandsEnvFile(a) == "" {
		return
	}
	for _, command := range []*[]string{&a.Dev, &a.Prod} {
		if len(*command) > 0 {
			*command = append([]string{"sh", "-c", `[ -e .env ] || touch .env; exec "$@"`, "sh"}, *command...)
		}
	}
}

// copied says whether `devup up` makes an env file from its example.
func copied(a *stack.App, name string) bool {
	return slices.ContainsFunc(a.EnvFiles, func(f stack.EnvFile) bool { return f.Path == name && f.Example != "" })
}

// remarkLibraries names the members of the workspace that the service imports as built files,
// which a checkout does not have, where the repository's own Dockerfile makes the image.
func remarkLibraries(a *stack.App) {
	if a.Dockerfile == "" || len(a.Packages.Libraries) == 0 {
		return // the image has them
	}
	var directories []string
	for _, step := range a.Packages.Libraries {
		directories = append(directories, path.Join(a.Packages.Workspace, step.Dir))
	}
	e := npm.ManifestOf(a.Tree, directories[0]).At("build", a.Name+" imports what this builds, and it is not built")
	fix := fmt.Sprintf("before `devup up`, run `%s run build` in %s", a.Packages.Manager, strings.Join(directories, ", "))
	if len(directories) > 1 {
		e.Text, fix = a.Name+" imports what is not built", fix+", in this order"
	}
	a.Remark(e, fix)
}
