package project

// Extension is x-devup at the top of a config file. Nothing is understood there
// yet, so it has no fields.
type Extension struct{}

// ServiceExtension is x-devup in a service.
type ServiceExtension struct {
	Stack     string // which template scaffolds the Dockerfile ("flask", "vite", …); empty for none
	Ready     string // HTTP path that must answer below 500 before the service counts as ready; empty for the usual checks
	Public    bool   // the ports may be opened to the internet in a cloud workspace
	FixedPort bool   // port: fixed, so that the host port is never moved
}
