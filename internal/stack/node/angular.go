package node

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/node/npm"
	"github.com/devup-cli/devup/internal/stack/node/script"
)

// Angular is Angular's dev server.
var Angular = stack.Stack{
	Name: "node", Title: "Angular", Language: &Language, Frontend: true, Port: 4200,
	Packages: []string{"@angular/cli"},
	Find:     runs([]string{"ng"}, "@angular/cli", "@angular/core", "@angular-devkit/build-angular", "@angular/build"),
	Describe: func(a *stack.App) {
		angularBuilt.describe(a)
		for _, name := range []string{"proxy.conf.json", "proxy.config.json", "proxy-config.json"} {
			for _, dir := range []string{".", "src"} {
				if name := path.Join(a.Dir, dir, name); a.Tree.Has(name) {
					a.Configs = append(a.Configs, a.Tree.Source(name))
				}
			}
		}
	},
	Commands: angularBuilt.commands,
	FindPort: func(a *stack.App) (stack.Port, bool) { return stack.Port{}, false },
	OwnPort:  true,
	Listen:   stack.Listen{Prints: lazyregexp.New(`Angular Live Development Server|\bng serve\b`), Hint: "start Angular with `ng serve --host 0.0.0.0`"},
	Proxy: []stack.Rule{
		{
			// vite-server.js of @angular/build hands an empty list to Vite, to which Vite adds the
			// variable's (read in 20.3). angular/angular-cli#29466
			From:      stack.Release(19, 0),
			Variables: []stack.Setting{viteHosts},
		},
		{
			From: stack.Release(6, 0), Below: stack.Release(19, 0),
			Line: stack.Line{
				Why: stack.Refuses, Files: []string{"angular.json"}, Must: true, Has: `disableHostCheck|allowedHosts`,
				Code: `"disableHostCheck": true under "serve", "options"`,
			},
		},
	},
}

// angularProject is what an angular.json says of one project, as far as its build goes.
type angularProject struct {
	Type      string `json:"projectType"`
	Architect map[string]struct {
		Builder string `json:"builder"`
		Options struct {
			OutputPath json.RawMessage `json:"outputPath"`
			Server     json.RawMessage `json:"server"`
			SSR        json.RawMessage `json:"ssr"`
		} `json:"options"`
	} `json:"architect"`
}

// angularProjects reads an angular.json, which may hold comments.
func angularProjects(text string) (projects map[string]angularProject, usual string) {
	plain, err := hujson.Standardize([]byte(text))
	if err != nil {
		return nil, ""
	}
	var file struct {
		Projects map[string]angularProject `json:"projects"`
		Usual    string                    `json:"defaultProject"`
	}
	_ = json.Unmarshal(plain, &file) // of another form: none
	return file.Projects, file.Usual
}

// angularOutput is what the build of the project makes that is served: the application builder
// writes the pages of a browser to a directory below its output.
// https://angular.dev/reference/configs/workspace-config#output-path-configuration
func angularOutput(a *stack.App) outcome {
	projects, usual := angularProjects(a.Tree.Text(path.Join(a.Dir, "angular.json")))
	name := angularName(a, projects, usual)
	build := projects[name].Architect["build"]
	out, browser := npm.RawText(build.Options.OutputPath), "browser"
	var parts struct {
		Base    string  `json:"base"`
		Browser *string `json:"browser"`
	}
	if out == "" && json.Unmarshal(build.Options.OutputPath, &parts) == nil && parts.Base != "" {
		if out = parts.Base; parts.Browser != nil {
			browser = *parts.Browser
		}
	}
	if out == "" {
		out = path.Join("dist", name)
	}
	switch out = path.Clean(strings.TrimPrefix(out, "/")); {
	case strings.HasPrefix(out, ".."):
		return outcome{}
	case len(build.Options.SSR) > 0 && string(build.Options.SSR) != "false":
		return outcome{Prod: []string{"node", path.Join(out, "server", "server.mjs")}}
	case strings.HasSuffix(build.Builder, ":application"):
		return outcome{Output: path.Join(out, browser)}
	}
	return outcome{Output: out}
}

// angularName is the project that the start script names, the default one, or the first
// application.
func angularName(a *stack.App, projects map[string]angularProject, usual string) string {
	p := npm.ManifestOf(a.Tree, a.Dir)
	names := slices.Sorted(maps.Keys(projects))
	for _, c := range append(scriptsOf(p).Commands(a.Script), script.Command{Words: []string{"ng", "serve", usual}}) {
		for _, word := range c.Words {
			if _, found := projects[word]; found && c.Program() == "ng" {
				return word
			}
		}
	}
	for _, name := range names {
		if projects[name].Type == "application" && !strings.HasSuffix(name, "-e2e") {
			return name
		}
	}
	return ""
}

var angularBuilt = built{build: []string{"ng", "build"}, flags: onAll, of: angularOutput}
