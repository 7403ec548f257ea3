package workspace

// daytona is a Daytona sandbox. Sandboxes of the older product, which have
// DAYTONA_WS_ID alone, had other URLs.
func daytona() provider {
	return provider{
		Place: Place{
			Provider: "daytona", Title: "Daytona", Remote: true, Ports: []Range{{3000, 9999}},
			NoURL: "Daytona has URLs for the ports 3000 to 9999",
		},
		here: func(p probe) bool { return p.env("DAYTONA_SANDBOX_ID") != "" || p.env("DAYTONA_WS_ID") != "" },
		template: func(p probe) (template, unknown string) {
			if id := p.env("DAYTONA_SANDBOX_ID"); id != "" {
				return "https://" + portMark + "-" + id + ".proxy.daytona.works", ""
			}
			return "", "DAYTONA_SANDBOX_ID is not set"
		},
		control: byHand("make the sandbox public in Daytona (public: true), or make a signed preview URL of port %d"),
	}
}
