package workspace

// che is Eclipse Che, also as OpenShift Dev Spaces. Its URLs are made of the names
// of endpoints in the devfile, which no variable tells.
func che() provider {
	return provider{
		Place: Place{
			Provider: "che", Title: "Eclipse Che", Remote: true,
			NoURL: "Che makes URLs of the names of endpoints in the devfile, not of ports; the view Endpoints shows them",
		},
		here:    func(p probe) bool { return p.env("DEVWORKSPACE_ID") != "" },
		control: byHand("add an endpoint with targetPort: %d and exposure: public to the devfile"),
	}
}
