// Package egress gathers what this machine needs to reach the outside, so that
// builds and development containers can reach it too: the CA bundle of a
// company that intercepts TLS, proxies, and the package indexes of pip and npm.
// Values may hold credentials: they go into secret mounts and container
// environments only, never into output, plans, image layers or history.
package egress

// Settings is what the machine needs to reach the outside. The zero value is a
// machine on the open internet.
type Settings struct {
	CA       []byte            // PEM bundle of all authorities to trust; nil when the usual public ones do
	CASource string            // where CA comes from, for the person ("SSL_CERT_FILE", "/usr/local/share/ca-certificates")
	Proxy    map[string]string // HTTP_PROXY, HTTPS_PROXY, NO_PROXY, ALL_PROXY; nil for none
	Pip      []byte            // a pip.conf with index-url, trusted-host and the like; nil for the defaults
	NPM      []byte            // an .npmrc with registry, scopes and tokens; nil for the defaults
}
