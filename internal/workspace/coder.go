package workspace

// coder is Coder v2. It gives names to ports of four and five digits only
// (coderd/workspaceapps/appurl), and its proxy answers preflights itself and
// takes away the CORS headers of what it serves (coder/coder#15096).
func coder() provider {
	return provider{
		Place: Place{
			Provider: "coder", Title: "Coder", Remote: true, Apart: true, Ports: []Range{{1000, 65535}},
			NoURL: "Coder has no URL for ports below 1000; publish it on a higher one",
		},
		here: func(p probe) bool { return p.env("CODER") == "true" },
		template: func(p probe) (template, unknown string) {
			if template := p.proxyTemplate(); template != "" {
				return template, ""
			}
			return "", "VSCODE_PROXY_URI names no port, so the server has no wildcard address"
		},
		named:   func(p probe) string { return p.env("CODER_WORKSPACE_ID") },
		control: coderControl,
	}
}
