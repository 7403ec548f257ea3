//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

// answers is a condition for eventually: a URL answers 200 with a text that holds want.
func answers(t *testing.T, url, want string) func() (bool, string) {
	return func() (bool, string) {
		status, body, err := get(t.Context(), url)
		return err == nil && status == 200 && strings.Contains(body, want), fmt.Sprintf("%s: %d %v %s", url, status, err, body)
	}
}

// server is the devup.yaml, Dockerfile and program of a small web server that needs
// nothing but Python. ADDRESS, BEFORE, PORT and TEXT stand for what tests vary.
const server = `
-- devup.yaml --
services:
  web:
    build: .
    init: true
    ports: ["PORT:8081"]
    volumes: [".:/web"]
-- .dockerignore --
devup.yaml
-- Dockerfile --
FROM python:3.13-slim-bookworm
WORKDIR /web
ENV PYTHONUNBUFFERED=1
COPY . .
CMD ["python", "web.py"]
-- web.py --
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"TEXT")

BEFORE
HTTPServer(("ADDRESS", 8081), Handler).serve_forever()
`

// wishes are the host ports that small servers ask for, each its own: what happens when
// two ask for the same at the same moment is not what most tests are about.
var wishes atomic.Int32

// small gives a checkout of that server, with what is said put in its places.
func small(t *testing.T, places ...string) *checkout {
	t.Helper()
	return files(t, strings.NewReplacer(append(places, "PORT", fmt.Sprint(8100+wishes.Add(1)), "ADDRESS", "0.0.0.0", "BEFORE", "", "TEXT", "hello")...).Replace(server))
}
