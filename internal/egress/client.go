package egress

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"sync"

	"golang.org/x/net/http/httpproxy"
)

// Client is an HTTP client that goes the way of this machine: through its proxies,
// trusting its authorities. It follows no redirect and keeps no cookie, so that
// its caller sees what the first server says. Nothing is read before the first request.
func (s Settings) Client() *http.Client { return s.ClientFrom(nil) }

// ClientFrom is a [Settings.Client] whose connections are opened by dial, which may begin
// elsewhere; nil opens them from here.
func (s Settings) ClientFrom(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	return &http.Client{
		Transport:     onFirstUse(sync.OnceValue(func() *http.Transport { return s.transport(dial) })),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// onFirstUse is a transport that is made when it is first needed: the authorities of a
// machine are some hundred files, and most runs of devup ask nothing of the outside.
type onFirstUse func() *http.Transport

func (made onFirstUse) RoundTrip(r *http.Request) (*http.Response, error) { return made().RoundTrip(r) }

func (s Settings) transport(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
	proxy := (&httpproxy.Config{
		HTTPProxy:  cmp.Or(s.Proxy["HTTP_PROXY"], s.Proxy["ALL_PROXY"]),
		HTTPSProxy: cmp.Or(s.Proxy["HTTPS_PROXY"], s.Proxy["ALL_PROXY"]),
		NoProxy:    s.Proxy["NO_PROXY"],
	}).ProxyFunc()
	transport := &http.Transport{
		DialContext:       dial,
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
	return transport
}
