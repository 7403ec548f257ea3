package workspace

// replit is Replit, where .replit says which port has which URL.
func replit() provider {
	return provider{
		Place: Place{
			Provider: "replit", Title: "Replit", Remote: true,
			NoURL: "Replit gives URLs as [[ports]] in .replit says; the port with externalPort = 80 is at the address in REPLIT_DEV_DOMAIN",
		},
		here:    func(p probe) bool { return p.env("REPL_ID") != "" },
		control: byHand("add [[ports]] with localPort = %d to .replit"),
	}
}
