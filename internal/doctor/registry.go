package doctor

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Registry is a server from which images or packages come.
type Registry struct {
	Name string // as people call it: "npm", "pip"
	URL  string // as the client's settings have it; may hold credentials, which are neither sent nor shown
}

// dockerHub is where the engine takes an image from whose name has no host.
var dockerHub = Registry{Name: "Docker Hub", URL: "https://registry-1.docker.io/v2/"}

// reach is how a registry answered.
type reach struct {
	registry Registry
	host     string
	status   int    // of HTTP; 0 for no answer
	issuer   string // who signed the server's certificate; empty without TLS
	private  bool   // the certificate is not from a public authority
	err      error  // why there was no answer

	date  time.Time // of the server's clock; zero when it does not say
	asked time.Time // of this machine's clock, when the answer came
}

// askRegistry asks a registry, once for all who want to know.
type askRegistry func(context.Context) (reach, error)

// askTwice asks a registry again, a moment later, when there is no answer: many a
// connection is cut once and not again.
func askTwice(ctx context.Context, client *http.Client, registry Registry) reach {
	answer := tryRegistry(ctx, client, registry)
	if answer.err == nil || answer.private {
		return answer
	}
	select {
	case <-ctx.Done():
		return answer
	case <-time.After(aMoment):
		return tryRegistry(ctx, client, registry)
	}
}

// aMoment is how long a registry is left alone between two questions.
const aMoment = 500 * time.Millisecond

func tryRegistry(ctx context.Context, client *http.Client, registry Registry) reach {
	answer := reach{registry: registry}
	u, err := url.Parse(registry.URL)
	if err != nil || u.Host == "" {
		answer.err = errors.New("its address is not a URL")
		return answer
	}
	u.User, answer.host = nil, u.Host
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, u.String(), http.NoBody)
	if err != nil {
		answer.err = err
		return answer
	}
	response, err := client.Do(request)
	if err != nil {
		answer.err = err
		var unknown x509.UnknownAuthorityError
		if errors.As(err, &unknown) && unknown.Cert != nil {
			answer.private, answer.issuer = true, issuerOf(unknown.Cert)
		}
		return answer
	}
	_ = response.Body.Close()
	answer.status, answer.asked = response.StatusCode, time.Now()
	answer.date, _ = http.ParseTime(response.Header.Get("Date")) // zero for none
	if state := response.TLS; state != nil && len(state.PeerCertificates) > 0 {
		leaf := state.PeerCertificates[0]
		answer.issuer = issuerOf(leaf)
		answer.private = len(state.SignedCertificateTimestamps) == 0 && !logged(leaf)
	}
	return answer
}

// embeddedTimestamps is the extension in which a certificate of a public
// authority proves that it is in the public logs (RFC 6962). Browsers demand it,
// so every public authority puts it in; the proxy of a company has none.
var embeddedTimestamps = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}

func logged(certificate *x509.Certificate) bool {
	for _, extension := range certificate.Extensions {
		if extension.Id.Equal(embeddedTimestamps) {
			return true
		}
	}
	return false
}

func issuerOf(certificate *x509.Certificate) string {
	issuer := certificate.Issuer
	return cmp.Or(issuer.CommonName, strings.Join(issuer.Organization, " "), "an authority without a name")
}

// judgeReach says whether the registry can be used. None is a problem by itself:
// what is here already needs no registry.
func judgeReach(answer reach) Finding {
	var (
		lookup  *net.DNSError
		unknown x509.UnknownAuthorityError
	)
	const without = "what is not on this machine yet cannot be fetched"
	switch {
	case answer.err == nil && answer.status < http.StatusInternalServerError:
		return good(answer.host + " answers")
	case answer.err == nil:
		return warning(fmt.Sprintf("%s answers with status %d", answer.host, answer.status), "try again later")
	case errors.As(answer.err, &unknown):
		return warning(answer.host+" shows a certificate that this machine does not trust", "see the check ca")
	case errors.As(answer.err, &lookup):
		return warning("the name "+lookup.Name+" cannot be resolved", "check the network and its DNS server; "+without)
	case errors.Is(answer.err, context.DeadlineExceeded), errors.Is(answer.err, context.Canceled):
		return warning(answer.host+" does not answer in time", "check the network, and HTTPS_PROXY where one is needed; "+without)
	case errors.Is(answer.err, io.EOF), errors.Is(answer.err, io.ErrUnexpectedEOF):
		return warning(answer.host+" closes the connection without an answer", "try again later, and check the proxy or firewall on the way, if there is one; "+without)
	default:
		return warning(fmt.Sprintf("%s cannot be reached: %v", cmp.Or(answer.host, answer.registry.Name), innermost(answer.err)),
			"check the network, and HTTPS_PROXY where one is needed; "+without)
	}
}

// innermost leaves out the request's URL, which may hold credentials.
func innermost(err error) error {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err
	}
	return err
}

const caHint = "set ca_file in devup's settings, or SSL_CERT_FILE, to the company's CA bundle (PEM)"

// judgeCA says whether something between here and the registries opens TLS, and
// whether builds are given the authority that this takes.
func judgeCA(answers []reach, source string) Finding {
	var private, public, distrusted *reach
	for i := range answers {
		answer := &answers[i]
		switch {
		case answer.private && answer.err != nil:
			distrusted = answer
		case answer.private:
			private = answer
		case answer.issuer != "":
			public = answer
		}
	}
	switch {
	case distrusted != nil:
		return problem(fmt.Sprintf("%s shows a certificate by %s, which this machine does not trust", distrusted.host, distrusted.issuer), caHint)
	case private != nil && source == "":
		return warning(fmt.Sprintf("%s shows a certificate by %s, no public authority; this machine trusts it, builds would not", private.host, private.issuer), caHint)
	case private != nil:
		return good(fmt.Sprintf("%s shows a certificate by %s, no public authority; builds get the CA of %s", private.host, private.issuer, source))
	case public == nil:
		return warning("no registry answered over TLS, so it is not known whether it is intercepted", "")
	case source != "":
		return good("TLS is not intercepted; builds get the CA of " + source + " all the same")
	default:
		return good("TLS is not intercepted")
	}
}
