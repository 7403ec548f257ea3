package workspace

// cloudWorkstations is Google Cloud Workstations, whose ports ask for a login
// with Google, preflights included.
func cloudWorkstations() provider {
	return provider{
		Place: Place{
			Provider: "cloud-workstations", Title: "Cloud Workstations", Remote: true, Locked: true,
			Ports: []Range{{80, 80}, {1024, 65535}},
			NoURL: "Cloud Workstations has URLs for port 80 and from 1024 on",
		},
		here:     func(p probe) bool { return p.env("GOOGLE_CLOUD_WORKSTATIONS") == "true" },
		template: onWebHost,
		control:  locked("Cloud Workstations asks for a login with Google on every port", ""),
	}
}
