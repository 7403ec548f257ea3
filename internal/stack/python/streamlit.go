package python

import (
	"path"
	"slices"
	"strings"

	"github.com/devup-cli/devup/internal/lazyregexp"
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/tree"
)

// Streamlit is a script that `streamlit run` serves.
var Streamlit = stack.Stack{
	Name: "python", Title: "Streamlit", Language: &Language, Port: 8501,
	Packages: []string{"streamlit"},
	Find:     findStreamlit,
	Describe: func(a *stack.App) { a.Module = a.Entry },
	Commands: func(a *stack.App) stack.Commands {
		run := []string{"streamlit", "run", a.Module, "--server.address", "0.0.0.0", "--server.port", port(a), "--server.headless", "true"}
		// Else an open page only tells that its source changed.
		return stack.Commands{Dev: append(slices.Clip(run), "--server.runOnSave", "true"), Prod: run}
	},
	Proxy: []stack.Rule{
		{
			// The two settings of Streamlit's own template for Codespaces; each setting has a
			// variable: https://docs.streamlit.io/develop/api-reference/configuration/config.toml

			Variables: []stack.Setting{
				{Name: "STREAMLIT_SERVER_ENABLE_CORS", Value: "false"},
				{Name: "STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", Value: "false"},
			},
		},
	},
}

var (
	streamlitRun  = lazyregexp.New(`\bstreamlit run ["']?([\w./-]+\.py)`)
	streamlitPage = lazyregexp.New(`(?m)^\s*(?:import\s+streamlit\b|from\s+streamlit\s+import\b)`)
	streamlitMain = lazyregexp.New(`\.set_page_config\(|(?m)^st\.(?:title|header|navigation)\(`)
)

// findStreamlit finds the script that a start command names, one with the name that Streamlit's
// own docs use, one that begins a page, any that uses it. Files under pages are its pages.
func findStreamlit(a *stack.App) bool {
	var scripts []tree.File
	for _, source := range a.Sources {
		if path.Base(path.Dir(source.Path)) != "pages" && streamlitPage.MatchString(source.Text) {
			scripts = append(scripts, source)
		}
	}
	if len(scripts) == 0 {
		return false
	}
	if startsScript(a, streamlitRun, "Streamlit") {
		return true
	}
	best := scripts[0]
	rate := func(s tree.File) int {
		name := strings.ToLower(path.Base(s.Path))
		switch {
		case name == "streamlit_app.py":
			return 3
		case rank(name) < len(entries) || name == "home.py":
			return 2
		case streamlitMain.MatchString(s.Text):
			return 1
		}
		return 0
	}
	for _, script := range scripts {
		if strings.Count(script.Path, "/") == strings.Count(best.Path, "/") && rate(script) > rate(best) {
			best = script
		}
	}
	setEntry(a, best.Path, "", tree.LineAt(best.Text, streamlitPage.FindStringIndex(best.Text)[0]), "Streamlit")
	return true
}

// startsScript finds the script that a start command in the Procfile or a README names.
func startsScript(a *stack.App, pattern *lazyregexp.Regexp, text string) bool {
	for _, file := range []string{path.Join(a.Dir, "Procfile"), readmeOf(a.Tree, a.Dir), readmeOf(a.Tree, ".")} {
		for _, match := range pattern.FindAllStringSubmatch(a.Tree.Text(file), -1) {
			for _, dir := range []string{a.Dir, "."} {
				if script := path.Join(dir, match[1]); tree.IsBelow(a.Dir, script) && a.Tree.Has(script) {
					setEntry(a, script, "", 1, text)
					return true
				}
			}
		}
	}
	return false
}
