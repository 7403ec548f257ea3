package gateway

import (
	"net/url"
	"strings"
)

// segmentsOf gives the parts of a path between its slashes, decoded, and whether the
// path means the same to every server. One with dot segments does not: a service
// that resolves them, also when they are encoded or hidden next to an encoded slash or
// a ";", would answer a path that belongs to another. Browsers resolve them before
// they ask, so no page needs them.
func segmentsOf(u *url.URL) (segments []string, plain bool) {
	path := u.EscapedPath()
	if !strings.HasPrefix(path, "/") {
		return nil, false // "*"
	}
	for raw := range strings.SplitSeq(path[1:], "/") {
		segment, err := url.PathUnescape(raw)
		if err != nil || hasDotSegment(segment) {
			return nil, false
		}
		segments = append(segments, segment)
	}
	return segments, true
}

// hasDotSegment reports whether a decoded segment holds a dot segment for any server.
func hasDotSegment(segment string) bool {
	slashes := func(r rune) bool { return r == '/' || r == '\\' }
	for part := range strings.FieldsFuncSeq(segment, slashes) {
		part, _, _ = strings.Cut(part, ";")
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// stripSegments takes the first n segments away from a URL's path, in both of its forms.
func stripSegments(u *url.URL, n int) {
	rest := u.EscapedPath()
	for range n {
		_, rest, _ = strings.Cut(rest[1:], "/")
		rest = "/" + rest
	}
	// A path that begins with two slashes would be taken for a host where it is repeated.
	rest = "/" + strings.TrimLeft(rest, "/")
	if path, err := url.PathUnescape(rest); err == nil {
		u.Path, u.RawPath = path, rest
	}
}
