package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/devup-cli/devup/internal/egress"
)

// authority is a CA of its own, as a company's proxy has one.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	certificate := sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Company CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, key, key)
	return authority{certificate, key}
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// serve starts a TLS server for 127.0.0.1 with a certificate of the authority.
func (a authority) serve(t *testing.T, handler http.HandlerFunc, extensions ...pkix.Extension) *httptest.Server {
	t.Helper()
	key := newKey(t)
	leaf := sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtraExtensions: extensions,
	}, a.certificate, a.key, key)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw, a.certificate.Raw}, PrivateKey: key}}}
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, signer, owner *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &owner.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestRegistryAndCA(t *testing.T) {
	t.Parallel()
	company := newAuthority(t)
	answer := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "" {
				status = http.StatusTeapot // credentials must not be sent
			}
			w.WriteHeader(status)
		}
	}
	intercepted := company.serve(t, answer(http.StatusUnauthorized))
	broken := company.serve(t, answer(http.StatusBadGateway))
	public := company.serve(t, answer(http.StatusOK), pkix.Extension{Id: embeddedTimestamps, Value: []byte{4, 0}})
	plain := httptest.NewServer(answer(http.StatusNotFound))
	t.Cleanup(plain.Close)

	const network = "check the network, and HTTPS_PROXY where one is needed; what is not on this machine yet cannot be fetched"
	tests := []struct {
		name   string
		url    string
		ca     []byte
		source string
		reach  string // HOST stands for the server
		wantCA string
	}{
		{
			"intercepted, and builds get the CA", intercepted.URL, company.pem(), "SSL_CERT_FILE", "ok: HOST answers | ",
			"ok: HOST shows a certificate by Example Company CA, no public authority; builds get the CA of SSL_CERT_FILE | ",
		},
		{
			"intercepted, and builds do not get the CA", intercepted.URL, company.pem(), "", "ok: HOST answers | ",
			"warning: HOST shows a certificate by Example Company CA, no public authority; this machine trusts it, builds would not | " + caHint,
		},
		{
			"intercepted, and the CA is unknown", intercepted.URL, nil, "",
			"warning: HOST shows a certificate that this machine does not trust | see the check ca",
			"problem: HOST shows a certificate by Example Company CA, which this machine does not trust | " + caHint,
		},
		{"not intercepted", public.URL, company.pem(), "", "ok: HOST answers | ", "ok: TLS is not intercepted | "},
		{
			"not intercepted, with a CA", public.URL, company.pem(), "ca_file", "ok: HOST answers | ",
			"ok: TLS is not intercepted; builds get the CA of ca_file all the same | ",
		},
		{
			"no TLS at all", plain.URL, nil, "", "ok: HOST answers | ",
			"warning: no registry answered over TLS, so it is not known whether it is intercepted | ",
		},
		{
			"the server is broken", broken.URL, company.pem(), "x", "warning: HOST answers with status 502 | try again later",
			"ok: HOST shows a certificate by Example Company CA, no public authority; builds get the CA of x | ",
		},
		{
			"nothing listens", "https://127.0.0.1:1", nil, "",
			"warning: HOST cannot be reached: dial tcp 127.0.0.1:1: connect: connection refused | " + network,
			"warning: no registry answered over TLS, so it is not known whether it is intercepted | ",
		},
		{
			"not a URL", "registry", nil, "", "warning: index cannot be reached: its address is not a URL | " + network,
			"warning: no registry answered over TLS, so it is not known whether it is intercepted | ",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			address, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			host := address.Host
			if host != "" {
				address.User = url.UserPassword("ada", "secret")
			}
			o := Options{Network: Network{Client: onlyLoopback(egress.Settings{CA: tt.ca}.Client()), CASource: tt.source, Registries: []Registry{{"index", address.String()}}}}
			for check, want := range map[string]string{"index": tt.reach, "ca": tt.wantCA} {
				got := find(t, o, check).line()
				if want := strings.ReplaceAll(want, "HOST", host); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}

// onlyLoopback keeps a test's client from leaving this machine: every name is
// unknown to it.
func onlyLoopback(client *http.Client) *http.Client {
	client.Transport = addressesOnly{client.Transport}
	return client
}

type addressesOnly struct{ http.RoundTripper }

func (a addressesOnly) RoundTrip(r *http.Request) (*http.Response, error) {
	if host := r.URL.Hostname(); net.ParseIP(host) == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return a.RoundTripper.RoundTrip(r)
}

func TestDockerHubIsAlwaysLookedAt(t *testing.T) {
	t.Parallel()
	got := find(t, Options{Network: Network{Client: onlyLoopback(egress.Settings{}.Client())}}, "Docker Hub").line()
	want := "warning: the name registry-1.docker.io cannot be resolved | check the network and its DNS server; what is not on this machine yet cannot be fetched"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestClientGoesThroughTheProxy(t *testing.T) {
	t.Parallel()
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.String() }))
	t.Cleanup(proxy.Close)
	client := egress.Settings{Proxy: map[string]string{"HTTP_PROXY": proxy.URL, "NO_PROXY": "127.0.0.1"}}.Client()
	got := tryRegistry(t.Context(), client, Registry{"index", "http://index.invalid/simple"})
	if got.err != nil || asked != "http://index.invalid/simple" {
		t.Errorf("got %+v; the proxy was asked for %q", got, asked)
	}
}

func TestASlowRegistryIsGivenUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hung.Close() })
	got := judgeReach(tryRegistry(ctx, egress.Settings{}.Client(), Registry{"index", "https://" + hung.Addr().String()})).line()
	if !strings.HasPrefix(got, "warning: "+hung.Addr().String()+" does not answer in time") {
		t.Error(got)
	}
}

// TestCredentials: what was found is said, and nothing where nothing was.
func TestCredentials(t *testing.T) {
	t.Parallel()
	if got := checkCredentials(Network{}); got.Level != needless {
		t.Errorf("without credentials: %+v", got)
	}
	got := checkCredentials(Network{Credentials: []string{"a", "b"}})
	if got.Level != OK || got.Text != "a" || len(got.Details) != 1 || got.Details[0] != "b" {
		t.Errorf("got %+v", got)
	}
}
