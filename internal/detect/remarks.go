package detect

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/tree"
)

// decideRemarks says what will not work in a container, or not everywhere, as
// the files stand.
func (s *scan) decideRemarks(c *candidate) {
	for _, call := range s.proxied(c) {
		s.remarkProxy(c, call)
	}
	s.decideCalls(c)
	if c.node != nil {
		s.remarkEnvFile(c)
		s.remarkLibraries(c)
	}
}

var proxies = lazyregexp.New(`\bproxy\b|\brewrites\b|createProxyMiddleware`)

// proxied are the URLs to which a development server sends requests on: CRA's
// "proxy" in package.json, Vite's server.proxy, Next's rewrites, a setupProxy.
func (s *scan) proxied(c *candidate) []localCall {
	if c.node == nil {
		return nil
	}
	var calls []localCall
	if c.Stack == CRA {
		if match := localCalls.FindStringSubmatch(rawText(c.node.Proxy)); match != nil {
			port, _ := portNumber(match[1])
			calls = append(calls, localCall{port, match[0], c.node.at("proxy", match[0])})
		}
	}
	for _, source := range append(slices.Clip(c.configs), c.sources...) {
		if !isProxyFile(source.Path) {
			continue
		}
		if proxies.MatchString(source.Text) {
			calls = append(calls, callsIn(source)...)
		}
	}
	return slices.DeleteFunc(calls, func(call localCall) bool { return call.port == c.Port.Number })
}

func isProxyFile(name string) bool {
	base := path.Base(name)
	return strings.Contains(base, ".config.") || strings.HasPrefix(base, "setupProxy.")
}

func (s *scan) remarkProxy(c *candidate, call localCall) {
	e := call.where
	sibling := s.byPort(call.port)
	if sibling == nil || sibling == c {
		e.Text = fmt.Sprintf("sends requests on to %s, which inside of a container is %s itself, and no service here has port %d", call.url, c.Name, call.port)
		c.remark(e)
		return
	}
	scheme, _, _ := strings.Cut(call.url, "://")
	inside := fmt.Sprintf("%s://%s:%d", scheme, sibling.Name, sibling.Port.Number)
	e.Text = fmt.Sprintf("sends requests on to %s, which inside of a container is %s itself: ", call.url, c.Name)
	if path.Base(e.File) == "package.json" {
		e.Text += fmt.Sprintf("write %q there to run it with devup", inside)
	} else {
		e.Text += fmt.Sprintf("write process.env.PROXY_TARGET || %q there, and PROXY_TARGET: %s under environment in devup.yaml", call.url, inside)
	}
	c.remark(e)
}

var envFileFlag = lazyregexp.New(`--env-file[= ]["']?([^\s"']+)|\benv-cmd\s+-f\s+(\S+)|\bdotenv\s+-e\s+(\S+)`)

// remarkEnvFile looks for the env files that the start script reads: without
// one that it names, node stops.
func (s *scan) remarkEnvFile(c *candidate) {
	script := c.started()
	for _, match := range envFileFlag.FindAllStringSubmatch(c.node.script(script), -1) {
		name := path.Join(c.Dir, match[1]+match[2]+match[3])
		if !fs.ValidPath(name) || s.tree.Exists(name) {
			continue
		}
		e := c.node.at(script, "the script "+script+" reads "+name+", which is not there: create it before `devup up`")
		for _, suffix := range []string{".example", ".sample", ".template", ".dist"} {
			if s.tree.Exists(name + suffix) {
				e.Text += "; " + name + suffix + " shows what belongs in it"
				break
			}
		}
		c.remark(e)
	}
}

// remarkLibraries names the members of the workspace that the service imports as
// built files, which a checkout does not have.
func (s *scan) remarkLibraries(c *candidate) {
	var folders []string
	var first Evidence
	for _, member := range c.Packages.Linked {
		name := path.Join(c.Packages.Workspace, member, "package.json")
		p, err := parsePackage(name, s.tree.Text(name))
		if err != nil || p.Scripts["build"] == "" || !s.lacksBuild(p) {
			continue
		}
		if folders = append(folders, path.Dir(name)); len(folders) == 1 {
			first = p.at("build", "")
		}
	}
	switch len(folders) {
	case 0:
		return
	case 1:
		first.Text = fmt.Sprintf("%s imports what this builds, and it is not built: run `%s run build` in %s before `devup up`", c.Name, c.Packages.Manager, folders[0])
	default:
		first.Text = fmt.Sprintf("%s imports what is not built: run `%s run build` before `devup up` in %s, in this order",
			c.Name, c.Packages.Manager, strings.Join(folders, ", "))
	}
	c.remark(first)
}

// lacksBuild says whether a package is imported by a file that its build makes
// and that is not there.
func (s *scan) lacksBuild(p *nodePackage) bool {
	return slices.ContainsFunc([]string{rawText(p.Main), rawText(p.Module), rawText(p.Exports)}, func(entry string) bool {
		top, _, _ := strings.Cut(path.Clean(entry), "/")
		if entry == "" || !tree.IsOutput(top) && top != "lib" {
			return false
		}
		return !s.tree.Exists(path.Join(path.Dir(p.path), entry))
	})
}
