package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
)

// nodeCandidates are the folders whose package.json starts something that listens.
func (s *scan) nodeCandidates() []*candidate {
	var found []*candidate
	for _, dir := range s.tree.Paths {
		if !s.tree.Folder(dir).Has("package.json") {
			continue
		}
		name := path.Join(dir, "package.json")
		p, err := parsePackage(name, s.tree.Text(name))
		if err != nil {
			s.tree.Reject(dir, "package.json is no JSON that can be read", Evidence{File: name})
			continue
		}
		if why, e := s.whyNoNodeService(dir, p); why != "" {
			s.tree.Reject(dir, why, e)
			continue
		}
		c := &candidate{Service: Service{Dir: dir, Stack: s.nodeStack(dir, p)}}
		s.describeNode(c)
		found = append(found, c)
	}
	return found
}

// notServices are dependencies and files that make a package something else.
var notServices = []struct{ dependency, what string }{
	{"react-native", "a mobile app (react-native)"},
	{"expo", "a mobile app (expo)"},
	{"@capacitor/core", "a mobile app (capacitor)"},
	{"electron", "a desktop app (electron)"},
	{"aws-cdk-lib", "infrastructure code (AWS CDK)"},
	{"aws-cdk", "infrastructure code (AWS CDK)"},
	{"@aws-cdk/core", "infrastructure code (AWS CDK)"},
	{"cdktf", "infrastructure code (CDK for Terraform)"},
	{"@pulumi/pulumi", "infrastructure code (Pulumi)"},
}

func (s *scan) whyNoNodeService(dir string, p *nodePackage) (string, Evidence) {
	f := s.tree.Folder(dir)
	for _, other := range notServices {
		if _, needed := p.needs(other.dependency); needed && p.needsOneOf(serverPackages...) == "" {
			// A web app that is also wrapped for phones is still a web app.
			if other.dependency != "@capacitor/core" || s.nodeStack(dir, p) == Node {
				return other.what, p.at(other.dependency, other.dependency)
			}
		}
	}
	if _, editor := p.Engines["vscode"]; editor {
		return "an editor extension (engines.vscode)", p.at("vscode", "engines.vscode")
	}
	if f.Has("cdk.json") {
		return "infrastructure code (cdk.json)", Evidence{File: path.Join(dir, "cdk.json")}
	}
	if stack := s.nodeStack(dir, p); stack != Node {
		return "", Evidence{}
	}
	if config := s.viteLibrary(dir); config != "" && p.needsOneOf(serverPackages...) == "" {
		return "a library (build.lib in its Vite configuration)", Evidence{File: config}
	}
	if framework, _ := frameworkOf(p); framework != nil && framework.command != "" {
		return "", Evidence{}
	}
	return s.whyNoNodeServer(dir, p)
}

// whyNoNodeServer tells tooling, workspace roots, lambdas and libraries from servers.
func (s *scan) whyNoNodeServer(dir string, p *nodePackage) (string, Evidence) {
	script, text := startScript(p)
	entry := s.nodeEntry(dir, p)
	_, framework := frameworkOf(p)
	switch {
	case script == "" && entry == "" && s.isWorkspaceRoot(dir, p):
		if len(p.Workspaces) == 0 {
			return "the root of a workspace: its members are looked at instead", Evidence{File: path.Join(dir, s.tree.Folder(dir).First("pnpm-workspace.yaml", "lerna.json"))}
		}
		return "the root of a workspace: its members are looked at instead", p.at("workspaces", "workspaces")
	case script == "" && entry == "":
		if delegate, what := delegateScript(p); delegate != "" {
			return "its scripts only start other folders", p.at(delegate, what)
		}
		if handler := s.lambdaHandler(dir, p); handler != "" {
			return "a lambda: it exports a handler and starts no server", Evidence{File: handler}
		}
		if p.Main != nil || p.Exports != nil {
			return "a library: it has a main file, but no start script and no server entry", p.at("main", "main")
		}
		return "package.json has no start script and no server entry", Evidence{File: p.path}
	case framework != "" || entry != "" && s.opensPort(dir, entry):
		return "", Evidence{}
	case script != "" && s.opensPort(dir, entryOfCommand(text)):
		return "", Evidence{}
	case s.lambdaHandler(dir, p) != "":
		return "a lambda: it exports a handler and starts no server", Evidence{File: s.lambdaHandler(dir, p)}
	case script != "":
		return "its " + script + " script starts no server that is known", p.at(script, script+": "+firstWords(text))
	default:
		return "a library: " + entry + " opens no port", Evidence{File: path.Join(dir, entry)}
	}
}

// firstWords are enough of a script to know it by. Assignments in front are
// left out, for their values may be secret.
func firstWords(text string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(word string) bool { return strings.Contains(word, "=") })
	return strings.Join(words[:min(len(words), 3)], " ")
}

func (s *scan) isWorkspaceRoot(dir string, p *nodePackage) bool {
	f := s.tree.Folder(dir)
	return len(p.Workspaces) > 0 && string(p.Workspaces) != "null" || f.Has("pnpm-workspace.yaml") || f.Has("lerna.json")
}

// nodeStack is cra or vite where the package says so, else node.
func (s *scan) nodeStack(dir string, p *nodePackage) Stack {
	f := s.tree.Folder(dir)
	if p.needsOneOf("react-scripts", "react-app-rewired", "@craco/craco") != "" && scriptThatRuns(p, craCommands...) != "" {
		return CRA
	}
	_, needed := p.needs("vite")
	config := f.First(viteConfigs...)
	if (needed || config != "") && (f.Has("index.html") || config != "" && s.viteLibrary(dir) == "") &&
		scriptThatRuns(p, "vite", "react-router", "remix") != "" {
		return Vite
	}
	return Node
}

var viteConfigs = []string{"vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts", "vite.config.cjs"}

var libraryMode = lazyregexp.New(`\blib\s*:\s*\{`)

// viteLibrary is the configuration by which Vite builds a library and no
// page, or empty.
func (s *scan) viteLibrary(dir string) string {
	f := s.tree.Folder(dir)
	name := f.First(viteConfigs...)
	if full := path.Join(dir, name); name != "" && !f.Has("index.html") && libraryMode.MatchString(s.tree.Source(full).Text) {
		return full
	}
	return ""
}

// describeNode fills in what the package itself decides.
func (s *scan) describeNode(c *candidate) {
	name := path.Join(c.Dir, "package.json")
	c.node, _ = parsePackage(name, s.tree.Text(name)) // broken: as if it were empty
	p := c.node
	c.Runtime.Language = "node"
	c.Packages = s.nodePackages(c)
	folder := s.tree.Folder(c.Dir)
	for _, config := range folder.Names {
		if strings.Contains(config, ".config.") && codeEndings[path.Ext(config)] {
			c.configs = append(c.configs, s.tree.Source(path.Join(c.Dir, config)))
		}
	}
	script, _ := startScript(p)
	switch c.Stack {
	case CRA:
		c.role, c.Framework, c.defaultPort, c.Output = frontend, "Create React App", 3000, "build"
		script = scriptThatRuns(p, craCommands...)
		c.note(p.at(p.needsOneOf("react-scripts", "@craco/craco", "react-app-rewired"), "react-scripts"))
	case Vite:
		c.role, c.Framework, c.defaultPort, c.Output = frontend, viteFramework(p), 5173, "dist"
		script = scriptThatRuns(p, "vite", "react-router", "remix")
		c.note(p.at("vite", "vite"))
	default:
		framework, dependency := frameworkOf(p)
		c.Framework, c.defaultPort = "Node", 3000
		if framework != nil {
			c.Framework, c.role, c.defaultPort = framework.title, framework.role, framework.port
			c.note(p.at(dependency, dependency))
			if framework.command != "" {
				script = scriptThatRuns(p, framework.command)
			}
		}
		if script == "" || framework == nil {
			c.Module = s.nodeEntry(c.Dir, p)
		}
	}
	if text := p.script(script); text != "" {
		e := p.at(script, script+" script")
		c.commands = append(c.commands, command{text, p.path, e.Line})
		c.note(e)
	} else if c.Module != "" {
		c.note(Evidence{File: path.Join(c.Dir, c.Module), Text: "listens"})
	}
}
