// Package workspace says which environment devup runs in and what URL a
// published port has there. It reads environment variables and a few probe
// files that it is given, asks no network, and opens nothing yet: opening a
// port is the seam that later providers fill.
package workspace

// Place is one environment: a laptop, a Gitpod workspace, a codespace. The zero
// Place is a laptop. It is a plain value.
type Place struct {
	Provider string // "local", "gitpod", "codespaces"
	Title    string // as people write it: "this machine", "Gitpod", "GitHub Codespaces"
	Template string // the URL of a port, with {port} for its number: "https://{port}-x.ws-eu1.gitpod.io"
	Remote   bool   // browsers reach ports through the provider's proxy, not through localhost
}
