package workspace

// firebaseStudio is Firebase Studio, which was IDX. It runs on Cloud
// Workstations. Its signs are those that firebase-tools looks for. It closes in
// March 2027.
func firebaseStudio() provider {
	return provider{
		Place: Place{Provider: "firebase-studio", Title: "Firebase Studio", Remote: true},
		here: func(p probe) bool {
			return p.env("WEB_HOST") != "" && (p.env("MONOSPACE_ENV") != "" || p.env("IDX_CHANNEL") != "" || p.folder("google/idx"))
		},
		template: onWebHost,
		control:  byHand("click the lock of port %d in the panel of backend ports"),
	}
}
