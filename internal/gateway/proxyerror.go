package gateway

import (
	"context"
	"errors"
	"fmt"
	"html"
	"log"
	"net/http"
	"strings"

	"github.com/devup-cli/devup/internal/daemon"
)

// How much of a request is logged, in bytes: clients choose it.
const (
	maxPath   = 200
	maxMethod = 20
)

// proxyError answers a request whose upstream did not.
type proxyError struct{ log *log.Logger }

func (p *proxyError) answer(w http.ResponseWriter, r *http.Request, err error) {
	v := requestInfoOf(r)
	service := v.route.Service
	if r.Context().Err() != nil || errors.Is(err, context.Canceled) {
		w.WriteHeader(http.StatusBadGateway) // the client is gone
		return
	}
	if !unavailable(err) {
		p.log.Printf("%s %s: %s: %v", daemon.Shorten(r.Method, maxMethod), daemon.Shorten(r.URL.EscapedPath(), maxPath), service, err)
		refusal{http.StatusBadGateway, fmt.Sprintf("the request to %s failed; `devup logs %s` may say more", service, service)}.write(w)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", "1")
	if !isNavigation(r) {
		refusal{http.StatusServiceUnavailable, fmt.Sprintf("%s does not answer yet; `devup logs %s` shows what it does", service, service)}.write(w)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(strings.ReplaceAll(page, "{service}", html.EscapeString(service)))) // the client may be gone
}

// isNavigation reports whether the request is for a page.
func isNavigation(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return r.Method == http.MethodGet && (mode == "" || mode == "navigate") && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// page says what is waited for and reloads every second.
const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="1">
<title>waiting for {service}</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 20vh auto; max-width: 32rem; padding: 0 1rem; color-scheme: light dark }
  code { font-size: .95em }
</style>
<p><strong>{service}</strong> does not answer yet. This page tries again every second.
<p><code>devup logs {service}</code> shows what it does.
</html>
`
