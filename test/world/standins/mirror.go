package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
)

var (
	// usualTag is a tag that an official image has, or may have had: a version, a word
	// for one, a variant. Anything else is left to be missing, as it would be.
	usualTag = regexp.MustCompile(`^(latest|lts|current|stable|mainline|slim|alpine|bookworm|[0-9]+(\.[0-9]+)*)(-(slim|cli|apache|alpine|bookworm|bullseye|buster|trixie|eclipse|temurin-|jdk|jre)[0-9.]*)*$`)
	request  = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs|tags)/(.+)$`)
)

// sameImage names images whose stand-in is that of another one.
var sameImage = map[string]string{
	"library/alpine": "library/busybox",
	"library/mysql":  "library/mariadb",
}

// newMirror serves the registry at that address with every usual tag of an image
// answered by its one stand-in, which is tagged latest.
func newMirror(registry string) http.Handler {
	target := &url.URL{Scheme: "http", Host: registry}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.URL.Path = standIn(r.In.URL.Path)
		r.Out.URL.RawPath = ""
	}}
}

// standIn is the path under which the registry holds what a client asks for.
func standIn(path string) string {
	m := request.FindStringSubmatch(path)
	if m == nil {
		return path
	}
	name, kind, reference := m[1], m[2], m[3]
	if other, ok := sameImage[name]; ok {
		name = other
	}
	if kind == "manifests" && usualTag.MatchString(reference) {
		reference = "latest"
	}
	return "/v2/" + name + "/" + kind + "/" + reference
}
