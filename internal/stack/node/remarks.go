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
	"github.com/devup-cli/devup/internal/tree"
)

// remarks says what will not work in a container as the files stand.
func remarks(a *stack.App) {
	remarkEnvFile(a)
	remarkLibraries(a)
}

var envFileFlag = lazyregexp.New(`--env-file[= ]["']?([^\s"']+)|\benv-cmd\s+-f\s+(\S+)|\bdotenv\s+-e\s+(\S+)`)

// remarkEnvFile looks for the env files that the start script reads: without
// one that it names, node stops.
func remarkEnvFile(a *stack.App) {
	p := npm.ManifestOf(a.Tree, a.Dir)
	for _, match := range envFileFlag.FindAllStringSubmatch(p.Script(a.Script), -1) {
		name := path.Join(a.Dir, match[1]+match[2]+match[3])
		if !fs.ValidPath(name) || a.Tree.Exists(name) {
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

// remarkLibraries names the members of the workspace that the service imports as
// built files, which a checkout does not have.
func remarkLibraries(a *stack.App) {
	var directories []string
	var first tree.Evidence
	for _, member := range a.Packages.Linked {
		p, err := npm.Parse(a.Tree, path.Join(a.Packages.Workspace, member))
		if err != nil || p.Scripts["build"] == "" || !lacksBuild(a.Tree, p) {
			continue
		}
		if directories = append(directories, path.Dir(p.Path)); len(directories) == 1 {
			first = p.At("build", "")
		}
	}
	fix := fmt.Sprintf("before `devup up`, run `%s run build` in %s", a.Packages.Manager, strings.Join(directories, ", "))
	switch len(directories) {
	case 0:
		return
	case 1:
		first.Text = a.Name + " imports what this builds, and it is not built"
	default:
		first.Text, fix = a.Name+" imports what is not built", fix+", in this order"
	}
	a.Remark(first, fix)
}

// lacksBuild says whether a package is imported by a file that its build makes
// and that is not there.
func lacksBuild(t *tree.Tree, p *npm.Manifest) bool {
	return slices.ContainsFunc([]string{npm.RawText(p.Main), npm.RawText(p.Module), npm.RawText(p.Exports)}, func(entry string) bool {
		top, _, _ := strings.Cut(path.Clean(entry), "/")
		if entry == "" || !tree.IsOutput(top) && top != "lib" {
			return false
		}
		return !t.Exists(path.Join(path.Dir(p.Path), entry))
	})
}
