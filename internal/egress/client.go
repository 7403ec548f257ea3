package egress

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

// Client is an HTTP client that goes the way of this machine: through its proxies,
// trusting its authorities. It follows no redirect and keeps no cookie, so that
// its caller sees what the first server says.
func (s Settings) Client() *http.Client {
	proxy := (&httpproxy.Config{
		HTTPProxy:  cmp.Or(s.Proxy["HTTP_PROXY"], s.Proxy["ALL_PROXY"]),
		HTTPSProxy: cmp.Or(s.Proxy["HTTPS_PROXY"], s.Proxy["ALL_PROXY"]),
		NoProxy:    s.Proxy["NO_PROXY"],
	}).ProxyFunc()
	transport := &http.Transport{
		Proxy:             func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
		TLSClientConfig:   &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
		DisableKeepAlives: true,
	}
	if len(s.CA) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		pool.AppendCertsFromPEM(s.CA)
		transport.TLSClientConfig.RootCAs = pool
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
