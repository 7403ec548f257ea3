package node

import "github.com/devup-cli/devup/internal/stack"

// onAll makes most dev servers listen on all addresses.
var onAll = []string{"--host", "0.0.0.0", "--port", "{port}"}

// devServer is a dev server of which there is little to know.
func devServer(title, needed, program string, port int, flags ...string) stack.Stack {
	return stack.Stack{
		Name: "node", Title: title, Language: &Language, Page: true, Port: port,
		Packages: []string{needed}, Find: runs([]string{program}, needed), Commands: servers(flags...),
	}
}

// Gatsby is Gatsby's dev server.
var Gatsby = func() stack.Stack {
	s := devServer("Gatsby", "gatsby", "gatsby", 8000, "-H", "0.0.0.0", "-p", "{port}")
	s.Prefixes, s.Reads = []string{"GATSBY_"}, "process.env.GATSBY_"
	return s
}()

// Docusaurus, Parcel and webpack's own dev server.
var (
	Docusaurus    = devServer("Docusaurus", "@docusaurus/core", "docusaurus", 3000, onAll...)
	Parcel        = devServer("Parcel", "parcel", "parcel", 1234, onAll...)
	WebpackServer = devServer("webpack", "webpack-dev-server", "webpack-dev-server", 8080, onAll...)
	Webpack       = devServer("webpack", "webpack-dev-server", "webpack", 8080, onAll...)
)

// JSONServer is a server made of a JSON file.
var JSONServer = func() stack.Stack {
	s := devServer("json-server", "json-server", "json-server", 3000, onAll...)
	s.Page = false
	return s
}()
