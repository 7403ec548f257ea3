package workspace

import (
	"encoding/json"
	"io/fs"
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
		name: "codespaces", title: "GitHub Codespaces", remote: true,
		here: func(p probe) bool {
			return p.env("CODESPACES") == "true" || p.codespacesVariables()["CODESPACE_NAME"] != ""
		},
		template: codespacesTemplate,
	}
}

func codespacesTemplate(p probe) (template, unknown string) {
	name, domain := p.env("CODESPACE_NAME"), p.env("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN")
	if name == "" || domain == "" {
		shared := p.codespacesVariables()
		name = first(name, shared["CODESPACE_NAME"])
		domain = first(domain, shared["GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"], codespacesDomain)
	}
	if name == "" {
		return "", "CODESPACE_NAME is not set"
	}
	return "https://" + name + "-" + portMark + "." + domain, ""
}

// codespacesVariables reads the shared file; nil when it is not there or is not
// what it should be.
func (p probe) codespacesVariables() map[string]string {
	if p.fsys == nil {
		return nil
	}
	data, err := fs.ReadFile(p.fsys, codespacesFile)
	if err != nil {
		return nil
	}
	var all map[string]any
	if json.Unmarshal(data, &all) != nil {
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

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
