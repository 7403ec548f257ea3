package workspace

// okteto is a development container of Okteto. OKTETO_NAMESPACE alone is no proof:
// people set it on a laptop for the okteto command.
func okteto() provider {
	return provider{
		Place: Place{
			Provider: "okteto", Title: "Okteto", Remote: true,
			NoURL: "Okteto makes URLs of the names of its own services, not of ports; `okteto endpoints` lists them",
		},
		here:    func(p probe) bool { return p.env("OKTETO_NAMESPACE") != "" && p.env("OKTETO_DOMAIN") != "" },
		control: byHand("publish port %d in the okteto manifest: Okteto makes an endpoint of it"),
	}
}
