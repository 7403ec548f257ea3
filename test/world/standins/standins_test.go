package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestStandIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, path, want string }{
		{"a version", "/v2/library/python/manifests/3.13-slim-bookworm", "/v2/library/python/manifests/latest"},
		{"another word order", "/v2/library/node/manifests/24-bookworm-slim", "/v2/library/node/manifests/latest"},
		{"a variant of a distribution", "/v2/library/maven/manifests/3.9-eclipse-temurin-21", "/v2/library/maven/manifests/latest"},
		{"a kind of runtime", "/v2/library/eclipse-temurin/manifests/21-jre", "/v2/library/eclipse-temurin/manifests/latest"},
		{"a variant with another program", "/v2/library/php/manifests/8.4-apache", "/v2/library/php/manifests/latest"},
		{"a variant with its version", "/v2/library/node/manifests/16-alpine3.16", "/v2/library/node/manifests/latest"},
		{"an image under its other name", "/v2/library/alpine/manifests/3.22", "/v2/library/busybox/manifests/latest"},
		{"a digest", "/v2/library/python/manifests/sha256:0a", "/v2/library/python/manifests/sha256:0a"},
		{"a tag that does not exist", "/v2/library/python/manifests/mine", "/v2/library/python/manifests/mine"},
		{"a layer", "/v2/library/alpine/blobs/sha256:0a", "/v2/library/busybox/blobs/sha256:0a"},
		{"the ping", "/v2/", "/v2/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := standIn(c.path); got != c.want {
				t.Errorf("standIn(%q) = %q, want %q", c.path, got, c.want)
			}
		})
	}
}

func TestIndexLinksWheels(t *testing.T) {
	t.Parallel()
	wheel := "flask_cors-3.0.10-py3-none-any.whl"
	index := newIndex(fstest.MapFS{"flask-cors/" + wheel: {Data: []byte("wheel")}})
	get := func(path string) (int, string) {
		answer := httptest.NewRecorder()
		index.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return answer.Code, answer.Body.String()
	}
	if code, page := get("/simple/Flask_Cors/"); code != 200 || !strings.Contains(page, `href="/wheels/flask-cors/`+wheel+`"`) {
		t.Errorf("project page: %d\n%s", code, page)
	}
	if code, body := get("/wheels/flask-cors/" + wheel); code != 200 || body != "wheel" {
		t.Errorf("wheel: %d %q", code, body)
	}
	if code, _ := get("/simple/nothing/"); code != 404 {
		t.Errorf("unknown project: %d, want 404", code)
	}
}
