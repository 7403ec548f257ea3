package gateway

import "net/http"

// lastAnswer makes the answer the last one on its connection if the request may have had
// two lengths: then a proxy in front of the gateway and the gateway can disagree on where
// the next request begins. Such a connection must be closed (RFC 9112, section 6.1).
// net/http hides a Content-Length next to a Transfer-Encoding, and a Transfer-Encoding in
// HTTP/1.0, so every request that can have hidden one counts.
func lastAnswer(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
	if len(r.TransferEncoding) == 0 && r.ProtoAtLeast(1, 1) {
		return w
	}
	return closeAfterAnswer{w}
}

// closeAfterAnswer closes the connection after the answer. It sets the header last, since
// [httputil.ReverseProxy] clears all headers after an informational answer.
type closeAfterAnswer struct{ http.ResponseWriter }

func (c closeAfterAnswer) WriteHeader(status int) {
	if status >= http.StatusOK {
		c.Header().Set("Connection", "close")
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap gives [http.ResponseController] what it needs to flush and to hijack.
func (c closeAfterAnswer) Unwrap() http.ResponseWriter { return c.ResponseWriter }
