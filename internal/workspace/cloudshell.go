package workspace

// cloudShell is Google Cloud Shell, whose web preview is for its owner alone.
func cloudShell() provider {
	return provider{
		Place: Place{Provider: "cloud-shell", Title: "Cloud Shell", Remote: true, Locked: true},
		here: func(p probe) bool {
			return p.env("CLOUD_SHELL") == "true" || p.env("GOOGLE_CLOUD_SHELL") == "true"
		},
		template: onWebHost,
		ask:      askBy("cloudshell", "get-web-preview-url", "-p"),
		control:  locked("Cloud Shell asks for its owner's login on every port", ""),
	}
}
