package detect

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// nodePackage is what detection takes from a package.json. Fields that people
// write in several forms are raw, so that one odd field does not lose the rest.
type nodePackage struct {
	Name            string          `json:"name"`
	Main            json.RawMessage `json:"main"`
	Exports         json.RawMessage `json:"exports"`
	Scripts         scripts         `json:"scripts"`
	Dependencies    versions        `json:"dependencies"`
	DevDependencies versions        `json:"devDependencies"`
	Engines         versions        `json:"engines"`
	Volta           versions        `json:"volta"`
	PackageManager  json.RawMessage `json:"packageManager"`
	Workspaces      json.RawMessage `json:"workspaces"`
	path            string
	text            string
}

// versions is an object of strings; what is no string in it is left out.
type versions map[string]string

type scripts = versions

// UnmarshalJSON implements [json.Unmarshaler]; it never fails on valid JSON.
func (v *versions) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if json.Unmarshal(data, &raw) != nil {
		return nil
	}
	*v = versions{}
	for name, value := range raw {
		var text string
		if json.Unmarshal(value, &text) == nil {
			(*v)[name] = text
		}
	}
	return nil
}

func parsePackage(name, text string) (*nodePackage, error) {
	p := &nodePackage{path: name, text: text}
	return p, json.Unmarshal([]byte(text), p)
}

var callsScript = regexp.MustCompile(`^(?:npm (?:run|run-script) |npm (start)$|yarn (?:run )?|pnpm (?:run )?|bun run )([\w:.-]*)$`)

// script is what a script runs in the end, where it only calls another.
func (p *nodePackage) script(name string) string {
	text := strings.TrimSpace(p.Scripts[name])
	for range 5 { // scripts may call each other in a circle
		match := callsScript.FindStringSubmatch(text)
		if match == nil || p.Scripts[match[1]+match[2]] == "" {
			break
		}
		text = strings.TrimSpace(p.Scripts[match[1]+match[2]])
	}
	return text
}

// needs is the version of a dependency of any kind, and whether there is one.
func (p *nodePackage) needs(name string) (version string, found bool) {
	if version, found = p.Dependencies[name]; !found {
		version, found = p.DevDependencies[name]
	}
	return version, found
}

// needsOneOf is the first of the names that is a dependency, or empty.
func (p *nodePackage) needsOneOf(names ...string) string {
	for _, name := range names {
		if _, found := p.needs(name); found {
			return name
		}
	}
	return ""
}

// at is the evidence of a key in the file.
func (p *nodePackage) at(key, text string) Evidence {
	e := Evidence{File: p.path, Text: text}
	if i := strings.Index(p.text, `"`+key+`"`); i >= 0 {
		e.Line = lineAt(p.text, i)
	}
	return e
}

// text of a raw field that may also be something else.
func rawText(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // not a string: empty
	return text
}

// nodeCandidates are the folders whose package.json starts something that listens.
func (s *scan) nodeCandidates() []*candidate {
	var found []*candidate
	for _, dir := range s.tree.paths {
		if !s.tree.folders[dir].has("package.json") {
			continue
		}
		name := path.Join(dir, "package.json")
		p, err := parsePackage(name, s.tree.files.text(name))
		if err != nil {
			s.tree.reject(dir, "package.json is no JSON that can be read", Evidence{File: name})
			continue
		}
		if why, e := s.whyNoNodeService(dir, p); why != "" {
			s.tree.reject(dir, why, e)
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
	f := s.tree.folders[dir]
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
	if f.has("cdk.json") {
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
			return "the root of a workspace: its members are looked at instead", Evidence{File: path.Join(dir, s.tree.folders[dir].first("pnpm-workspace.yaml", "lerna.json"))}
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
	f := s.tree.folders[dir]
	return len(p.Workspaces) > 0 && string(p.Workspaces) != "null" || f.has("pnpm-workspace.yaml") || f.has("lerna.json")
}

// nodeStack is cra or vite where the package says so, else node.
func (s *scan) nodeStack(dir string, p *nodePackage) Stack {
	f := s.tree.folders[dir]
	if p.needsOneOf("react-scripts", "react-app-rewired", "@craco/craco") != "" && scriptThatRuns(p, craCommands...) != "" {
		return CRA
	}
	_, needed := p.needs("vite")
	config := f.first(viteConfigs...)
	if (needed || config != "") && (f.has("index.html") || config != "" && s.viteLibrary(dir) == "") &&
		scriptThatRuns(p, "vite", "react-router", "remix") != "" {
		return Vite
	}
	return Node
}

var viteConfigs = []string{"vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts", "vite.config.cjs"}

var libraryMode = regexp.MustCompile(`\blib\s*:\s*\{`)

// viteLibrary is the configuration by which Vite builds a library and no
// page, or empty.
func (s *scan) viteLibrary(dir string) string {
	f := s.tree.folders[dir]
	name := f.first(viteConfigs...)
	if full := path.Join(dir, name); name != "" && !f.has("index.html") && libraryMode.MatchString(s.tree.files.source(full).text) {
		return full
	}
	return ""
}

var craCommands = []string{"react-scripts", "react-app-rewired", "craco"}

// developmentScripts are the names under which people start a package, those
// that reload on a change first.
var developmentScripts = []string{"dev", "start:dev", "develop", "serve", "start", "server", "dev:server", "start:server"}

// scriptThatRuns is the best script that runs one of the programs as a server.
func scriptThatRuns(p *nodePackage, programs ...string) string {
	for _, name := range developmentScripts {
		for _, program := range programs {
			if runsProgram(p.script(name), program) {
				return name
			}
		}
	}
	return ""
}

// runsProgram says whether a command line starts the program, not its build or
// its preview.
func runsProgram(line, program string) bool {
	for _, part := range commandParts.Split(line, -1) {
		words := strings.Fields(part)
		for i, word := range words {
			if path.Base(strings.Trim(word, `"'\`)) != program {
				continue
			}
			if i+1 < len(words) && slices.Contains([]string{"build", "preview", "test", "eject", "optimize", "lint"}, words[i+1]) {
				continue
			}
			return true
		}
	}
	return false
}

var commandParts = regexp.MustCompile(`&&|\|\||[;|&]`)

// startScript is the script that starts a server in the package's own folder.
func startScript(p *nodePackage) (name, text string) {
	for _, name := range developmentScripts {
		text := p.script(name)
		if text == "" || isDelegate(text) || onlyCompiles(text) || needsMissingTool(p, text) {
			continue
		}
		return name, text
	}
	return "", ""
}

var delegates = regexp.MustCompile(
	`(^|[&;|"'\s])cd\s|--prefix\b|--cwd\b|(?:--workspace|--filter|--scope|-w|-F)[ =]|\b(?:turbo|lerna|nx|rush|wireit|docker|docker-compose|concurrently|run-p|run-s|npm-run-all|make)\b|\bworkspaces?\b|pnpm\s+(?:-r|--recursive|-C)\b`)

// isDelegate says whether a script starts what lies in other folders, or several things.
func isDelegate(text string) bool { return delegates.MatchString(text) }

// delegateScript is the script that shows why a package is only a front for others.
func delegateScript(p *nodePackage) (name, text string) {
	for _, name := range developmentScripts {
		if text := p.script(name); text != "" && isDelegate(text) {
			return name, name + ": " + firstWords(text)
		}
	}
	return "", ""
}

var compilers = regexp.MustCompile(`^(?:npx\s+)?(?:tsc|tsup|rollup|babel|esbuild|swc|unbuild|microbundle|sass|storybook|start-storybook|jest|vitest|gulp|grunt|echo|ng-packagr)\b`)

func onlyCompiles(text string) bool {
	return compilers.MatchString(strings.TrimSpace(text)) && !strings.Contains(text, "onSuccess") && !regexp.MustCompile(`\bnode\b`).MatchString(text)
}

// needsMissingTool says whether a script runs a tool that people have
// installed globally and the package does not list: it will not be in the image.
func needsMissingTool(p *nodePackage, text string) bool {
	word, _, _ := strings.Cut(text, " ")
	switch word {
	case "nodemon", "ts-node", "ts-node-dev", "tsx", "pm2", "forever", "supervisor", "babel-node":
		return p.needsOneOf(word) == ""
	}
	return false
}

// entryNames are the usual files of a server, in the order people mean them.
var entryNames = []string{
	"server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "app.mjs", "server.cjs", "index.cjs",
	"src/server.js", "src/index.js", "src/app.js", "src/main.js", "bin/www",
}

// nodeEntry is the file that runs the server where no script does.
func (s *scan) nodeEntry(dir string, p *nodePackage) string {
	main := path.Clean(rawText(p.Main))
	for _, name := range append([]string{main}, entryNames...) {
		if name != "." && s.opensPort(dir, name) {
			return name
		}
	}
	return ""
}

var listens = regexp.MustCompile(`\.listen\s*\(|createServer\s*\(|\bserve\s*\(|\bBun\.serve|\bjson-server|new\s+WebSocketServer`)

// opensPort says whether a source file of the folder listens.
func (s *scan) opensPort(dir, name string) bool {
	if name == "" || !codeEndings[path.Ext(name)] || strings.HasPrefix(name, "..") {
		return false
	}
	full := path.Join(dir, name)
	f := s.tree.folders[path.Dir(full)]
	if f != nil && path.Dir(full) != dir && f.has("package.json") {
		return false // another package's
	}
	return f != nil && f.has(path.Base(full)) && listens.MatchString(s.tree.files.source(full).text)
}

var sourceArgument = regexp.MustCompile(`(?:^|\s)(\.?/?[\w@./-]+\.(?:js|mjs|cjs|ts|mts|cts|jsx|tsx))(?:\s|$)`)

// entryOfCommand is the source file that a command line names.
func entryOfCommand(text string) string {
	if match := sourceArgument.FindStringSubmatch(text); match != nil {
		return path.Clean(match[1])
	}
	return ""
}

var exportsHandler = regexp.MustCompile(`(?:exports\.handler\s*=|export\s+(?:const|async\s+function|function)\s+handler\b)`)

// lambdaHandler is the file that exports an AWS Lambda handler, or empty.
func (s *scan) lambdaHandler(dir string, p *nodePackage) string {
	names := []string{rawText(p.Main), "index.js", "index.mjs", "index.ts", "handler.js", "handler.ts", "function.js"}
	for _, name := range names {
		full := path.Join(dir, name)
		f := s.tree.folders[path.Dir(full)]
		if name != "" && f != nil && f.has(path.Base(full)) && exportsHandler.MatchString(s.tree.files.source(full).text) {
			return full
		}
	}
	if f := s.tree.folders[dir]; f.has("serverless.yml") {
		return path.Join(dir, "serverless.yml")
	}
	return ""
}

// describeNode fills in what the package itself decides.
func (s *scan) describeNode(c *candidate) {
	name := path.Join(c.Dir, "package.json")
	c.node, _ = parsePackage(name, s.tree.files.text(name)) // broken: as if it were empty
	p := c.node
	c.Runtime.Language = "node"
	c.Packages = s.nodePackages(c)
	folder := s.tree.folders[c.Dir]
	for _, config := range folder.names {
		if strings.Contains(config, ".config.") && codeEndings[path.Ext(config)] {
			c.configs = append(c.configs, s.tree.files.source(path.Join(c.Dir, config)))
		}
	}
	script, text := startScript(p)
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
	if text = p.script(script); text != "" {
		e := p.at(script, script+" script")
		c.commands = append(c.commands, command{text, p.path, e.Line})
		c.note(e)
	} else if c.Module != "" {
		c.note(Evidence{File: path.Join(c.Dir, c.Module), Text: "listens"})
	}
}
