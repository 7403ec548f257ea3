package workspace

// devpod is DevPod, which sets what Dev Containers sets too. It forwards ports to
// the person's own machine.
func devpod() provider {
	return provider{
		Place: Place{Provider: "devpod", Title: "DevPod"},
		here:  func(p probe) bool { return p.env("DEVPOD") == "true" },
	}
}

// devContainer is a container that VS Code made from devcontainer.json, on a
// laptop or behind an SSH session. VS Code forwards its ports.
func devContainer() provider {
	return provider{
		Place: Place{Provider: "devcontainer", Title: "VS Code Dev Containers"},
		here:  func(p probe) bool { return p.env("REMOTE_CONTAINERS") == "true" },
	}
}
