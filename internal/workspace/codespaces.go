package workspace

import (
	"cmp"
	"encoding/json"
)

// codespacesFile holds the codespace's variables for sessions that did not get
// them: `gh codespace ssh`, services.
const codespacesFile = "workspaces/.codespaces/shared/environment-variables.json"

// codespacesDomain is the domain of forwarded ports where no variable names it.
const codespacesDomain = "app.github.dev"

// codespaces is GitHub Codespaces. CODESPACE_NAME alone is no proof: people set
// it on a laptop for the gh command.
func codespaces() provider {
	return provider{
		Place: Place{Provider: "codespaces", Title: "GitHub Codespaces", Remote: true},
		here: func(p probe) bool {
			return p.env("CODESPACES") == "true" || p.codespacesVariables()["CODESPACE_NAME"] != ""
		},
		template: codespacesTemplate,
		named:    probe.codespace,
		control:  codespacesControl,
	}
}

func (p probe) codespace() string {
	return cmp.Or(p.env("CODESPACE_NAME"), p.codespacesVariables()["CODESPACE_NAME"])
}

func codespacesTemplate(p probe) (template, unknown string) {
	const variable = "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"
	name := p.codespace()
	if name == "" {
		return "", "CODESPACE_NAME is not set"
	}
	domain := cmp.Or(p.env(variable), p.codespacesVariables()[variable], codespacesDomain)
	return "https://" + name + "-" + portMark + "." + domain, ""
}

// codespacesVariables reads the shared file; nil when it is not there or is not
// what it should be.
func (p probe) codespacesVariables() map[string]string {
	var all map[string]any
	if json.Unmarshal([]byte(p.file(codespacesFile)), &all) != nil {
		return nil
	}
	variables := make(map[string]string, len(all))
	for name, value := range all {
		if text, ok := value.(string); ok {
			variables[name] = text
		}
	}
	return variables
}
